"""The store on a Neo4j server or cluster, and the index that is kept fresh from it."""
