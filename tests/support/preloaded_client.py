"""A program for PATH: have the server of :mod:`support.preloaded` run ``reconciler`` on this program's streams.

It imports as little as it can, since a recipe starts it many times: ``python -I -S preloaded_client.py SOCKET …``.
"""

import array
import json
import os
import sys
from _socket import AF_UNIX, SCM_RIGHTS, SHUT_WR, SOL_SOCKET, socket

connection = socket(AF_UNIX)
connection.connect(sys.argv[1])
request = json.dumps({"arguments": sys.argv[2:], "environ": dict(os.environ), "cwd": os.getcwd()})  # noqa: PTH109 - pathlib is slow to import
rest = request.encode()
sent = connection.sendmsg([rest], [(SOL_SOCKET, SCM_RIGHTS, array.array("i", (0, 1, 2)))])
connection.sendall(rest[sent:])
connection.shutdown(SHUT_WR)
code = b""
while part := connection.recv(16):
    code += part
ended = int(code)
os._exit(ended if ended >= 0 else 128 - ended)  # as a shell shows a signal
