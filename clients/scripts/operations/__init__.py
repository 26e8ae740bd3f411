"""The table of all operations of KMS: how each exception of the model is provoked, or why it can't be."""
