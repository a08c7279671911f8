"""What models there are: by what they are for, and by how their weights are stored."""

RERANKER, ENCODER, NER = "reranker", "encoder", "ner"
KINDS = (RERANKER, ENCODER, NER)

INT8, FLOAT32 = "int8", "fp32"
PRECISIONS = (INT8, FLOAT32)
