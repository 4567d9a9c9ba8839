"""What is asked of a single formula about a stated network beyond what a document is asked."""
