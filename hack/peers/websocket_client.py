"""websocket_client.py URL TOKEN: follows a turn that waits for a decision, approves its call, and follows it to its end."""

import base64
import json
import ssl
import sys

from websockets.exceptions import ConnectionClosedOK, InvalidStatus
from websockets.sync.client import connect

url, token = sys.argv[1:]
trust = ssl.create_default_context()
trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE


def check(holds, what):
    if not holds:
        raise SystemExit(f"not so: {what}")


passed = []


def until(socket, kind):
    """The first message of this type that wasn't asked for yet: the answer to a command comes before or behind its event."""
    for message in passed:
        if message["type"] == kind:
            passed.remove(message)
            return message
    while True:
        message = json.loads(socket.recv(timeout=60))
        if message["type"] == kind:
            return message
        passed.append(message)


def ask(socket, command, kind):
    socket.send(json.dumps(command))
    answer = until(socket, kind)
    check(answer.get("id") == command["id"], f"{answer} answers {command}")
    return answer


try:
    connect(url, ssl=trust).close()
    raise SystemExit("who shows nothing gets a WebSocket")
except InvalidStatus as refusal:
    check(refusal.response.status_code == 401, f"401, not {refusal.response.status_code}")

# As a browser does it, and from where another stream left off.
encoded = base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")
offered = ["v1.events.skyflo.ai", "base64url.bearer.authorization.k8s.io." + encoded]
with connect(url, ssl=trust, subprotocols=offered) as socket:
    check(socket.subprotocol == "v1.events.skyflo.ai", f"the protocol is {socket.subprotocol}")
    ready = until(socket, "ready")
    check(ready["turn"] == 1, "the first turn runs")
    first = json.loads(socket.recv(timeout=60))
with connect(f"{url}?after={first['number']}", ssl=trust, subprotocols=offered) as socket:
    until(socket, "ready")
    check(json.loads(socket.recv(timeout=60))["number"] > first["number"], "it goes on behind the number")

passed.clear()
with connect(url, ssl=trust, additional_headers={"Authorization": "Bearer " + token}) as socket:
    approval = until(socket, "tool.awaiting_approval")
    decide = {"type": "decide", "call_id": approval["call_id"], "decision": "Approved"}
    refused = ask(socket, {**decide, "id": "1", "digest": "sha256:0"}, "command.failed")
    check(refused["code"] == 409, f"another digest is refused: {refused}")
    ask(socket, {**decide, "id": "2", "digest": approval["digest"], "reason": "by a WebSocket"}, "command.done")
    approved = until(socket, "tool.approved")
    check(approved["reason"] == "by a WebSocket", f"{approved}")
    check(until(socket, "completed")["status"] == "completed", "it was answered")
    until(socket, "stream.end")
    try:
        socket.recv(timeout=30)
        raise SystemExit("something comes behind the end")
    except ConnectionClosedOK:
        pass
print("followed, refused, approved, and followed to the end")
