"""Keeping room for codes that arrive, so that nobody else is given one of them."""

from collections.abc import Mapping

from django.db import connection, models, transaction


@transaction.atomic
def reserve_codes(highest: Mapping[type[models.Model], int]) -> None:
    """Let each table give out numbers beyond these from now on; never gives a number out twice."""
    reserve = _on_postgres if connection.vendor == "postgresql" else _on_sqlite
    for model, number in highest.items():
        if number:
            reserve(model._meta.db_table, number)


def _on_postgres(table: str, number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        (sequence,) = cursor.fetchone()
        # Only ever upwards: a number that was given out and withdrawn since must not come again.
        cursor.execute(f"SELECT setval(%s, %s) FROM {sequence} WHERE last_value <= %s", [sequence, number, number])  # noqa: S608 - the name comes from PostgreSQL


def _on_sqlite(table: str, number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sqlite_sequence SET seq = MAX(seq, %s) WHERE name = %s", [number, table])
        if cursor.rowcount == 0:  # the table never held a row
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number])
