"""What coding is: records, terminology, retrieval, reranking, decoding. No Qt, no files, no clock."""
