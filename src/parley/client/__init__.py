"""A party's side: one officer's home, keys, ledger, and everything a delegation does with papers.

It prints nothing and asks nothing: a caller gives answers as arguments, gets values, and catches the four families of
`parley.errors`. Nothing readable touches the disk unless `extract` is told where.
"""

from parley.client.delegation import Delegation, found, recover, request_office
from parley.client.founding import Begun, begun
from parley.client.ports import Ports
from parley.client.root import Root

__all__ = ["Begun", "Delegation", "Ports", "Root", "begun", "found", "recover", "request_office"]
