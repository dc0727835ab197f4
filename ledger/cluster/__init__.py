"""Work on many machines: our own checks and folds, as tasks of Apache Spark.

Imported only where `--spark` was given. PySpark itself is an extra, imported once a cluster is
opened.
"""
