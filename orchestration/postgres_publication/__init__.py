"""The served version in PostgreSQL as well, for tools that read a database and no files.

Belongs here: loading a published version's Parquet files into PostgreSQL and moving the pointer there. Does not belong
here: making versions (``publishing``), reading from PostgreSQL into the lake (``extraction``), Dagster.

    <schema>.<mart>               a view, all that people read
    <schema>.published_version    a view: which version that is
    <schema>_data.pointer         one row: version and slot that the views show
    <schema>_data.versions        versions whose rows are there, each in a slot
    <schema>_data.<mart>          the rows, divided into slots by the column "~slot"
"""
