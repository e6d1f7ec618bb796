"""What a Storm cluster needs of us: the JAR with the code, and components that behave there as they do here."""
