"""What stores in Elasticsearch and OpenSearch share: one client, indices, and bulk writes."""
