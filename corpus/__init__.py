"""What we know: documents, passages and the indexes that find them."""
