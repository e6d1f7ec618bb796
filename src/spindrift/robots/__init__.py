"""robots.txt, X-Robots-Tag, meta robots, and who we tell them we are."""
