"""What the official examples do, as a script: three calls an instance, one after the other.

``python -m benchmarks.script URL COUNT``: looks each instance up, sets one of its config variables, and deploys it.
"""

from __future__ import annotations

import http.client
import json
import sys
from typing import Any
from urllib.parse import urlsplit

FIND = "query find($customer: ID, $name: String) { instances(customer: $customer, name: $name) { nodes { id name } } }"
SET = (
    "mutation set($input: UpdateInstanceConfigVariablesInput!) { updateInstanceConfigVariables(input: $input) "
    "{ instance { id } errors { field messages } } }"
)
DEPLOY = (
    "mutation deploy($input: DeployInstanceInput!) { deployInstance(input: $input) "
    "{ instance { id } errors { field messages } } }"
)


def main(url: str, count: str) -> None:
    connection = http.client.HTTPConnection(str(urlsplit(url).netloc))

    def ask(query: str, variables: dict[str, Any]) -> Any:
        body = json.dumps({"query": query, "variables": variables})
        connection.request("POST", "/api", body=body, headers={"Content-Type": "application/json"})
        return json.loads(connection.getresponse().read())["data"]

    for number in range(int(count)):
        name = {"customer": f"customer-{number // 10}", "name": f"Order Sync {number}"}
        (node,) = ask(FIND, name)["instances"]["nodes"]
        values = [{"key": "Account", "value": f"changed-{number}"}]
        ask(SET, {"input": {"id": node["id"], "configVariables": values}})
        ask(DEPLOY, {"input": {"id": node["id"]}})


if __name__ == "__main__":
    main(*sys.argv[1:])
