"""Index forms evaluated for whole arrays at once, over whatever kind of number is wanted."""
