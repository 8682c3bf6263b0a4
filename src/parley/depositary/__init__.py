"""The depositary: keeps what it cannot read, in an order that it cannot change.

`create` founds one in a folder, `invite` lets a party enrol, `serve` serves it, `status` looks at it.
"""

from parley.depositary.office import Status, address_of, create, default_rules, invite, open, status  # noqa: A004 - `depositary.open`
from parley.depositary.server import serve

__all__ = ["Status", "address_of", "create", "default_rules", "invite", "open", "serve", "status"]
