"""The depositary: keeps what it cannot read, in an order that it cannot change.

`create` founds one in a folder, `invite` lets a party enrol, `serve` serves it, `status` looks at it, `backup` copies
it while it is served and `restore` unpacks the copy elsewhere, where `restored` says so until it serves.
"""

from parley.depositary.backup import backup, restore
from parley.depositary.office import (
    Status,
    address_of,
    create,
    default_rules,
    invite,
    open,  # noqa: A004 - `depositary.open(folder)` is how it is read
    status,
)
from parley.depositary.restored import restored
from parley.depositary.server import serve

__all__ = [
    "Status",
    "address_of",
    "backup",
    "create",
    "default_rules",
    "invite",
    "open",
    "restore",
    "restored",
    "serve",
    "status",
]
