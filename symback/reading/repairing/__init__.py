"""What is wrong with a refuted statement, and the smallest edit that mends it."""
