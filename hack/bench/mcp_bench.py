"""What one tool call, a list, a start and many clients cost: `skyflo mcp` beside a FastMCP server with an equivalent tool.

Usage: mcp_bench.py SKYFLO CALLS CLIENTS       needs KUBECONFIG; prints a table
       mcp_bench.py serve TOOLS [PORT]         the FastMCP server, over standard input or HTTP
"""
import base64, http.client, json, os, re, socket, statistics, subprocess, sys, tempfile, time

VERSION = "2026-07-28"
TICK = os.sysconf("SC_CLK_TCK")


def cluster():
    """The playground's API server as an httpx client."""
    import httpx, ssl, yaml
    config = yaml.safe_load(open(os.environ["KUBECONFIG"]))
    server, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    context = ssl.create_default_context(cadata=base64.b64decode(server["certificate-authority-data"]).decode())
    headers = {"authorization": f"Bearer {user['token']}"} if "token" in user else {}
    if "client-certificate-data" in user:
        with tempfile.NamedTemporaryFile() as cert, tempfile.NamedTemporaryFile() as key:
            cert.write(base64.b64decode(user["client-certificate-data"])), cert.flush()
            key.write(base64.b64decode(user["client-key-data"])), key.flush()
            context.load_cert_chain(cert.name, key.name)
    return httpx.AsyncClient(base_url=server["server"], verify=context, headers=headers)


def serve(tools, port):
    """As many tools as skyflo has, with its names and texts; each lists deployments."""
    from fastmcp import FastMCP
    from fastmcp.tools import Tool
    api = cluster()

    async def k8s_get(resource_type: str, namespace: str = "shop", name: str | None = None) -> str:
        answer = await api.get(f"/apis/apps/v1/namespaces/{namespace}/{resource_type}")
        rows = [(item["metadata"]["name"], f"{item.get('status', {}).get('readyReplicas', 0)}/{item['spec']['replicas']}")
                for item in answer.raise_for_status().json()["items"]]
        return "\n".join(f"{name:<30} {ready}" for name, ready in [("NAME", "READY"), *rows])

    server = FastMCP("bench")
    for tool in json.load(open(tools)):
        server.add_tool(Tool.from_function(k8s_get, name=tool["name"], description=tool["description"]))
    if port is None:
        server.run(transport="stdio", show_banner=False)
    else:
        server.run(transport="http", host="127.0.0.1", port=port, show_banner=False, uvicorn_config={"log_level": "error"})


class Client:
    """The least that a client of today's revision sends, over one connection that is kept."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.number = 0

    def ask(self, method, **params):
        self.number += 1
        params["_meta"] = {"io.modelcontextprotocol/protocolVersion": VERSION,
                           "io.modelcontextprotocol/clientCapabilities": {}}
        headers = {"content-type": "application/json", "accept": "application/json, text/event-stream",
                   "mcp-protocol-version": VERSION, "mcp-method": method}
        if "name" in params:
            headers["mcp-name"] = params["name"]
        body = json.dumps({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params})
        self.connection.request("POST", "/mcp", body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.headers["content-type"].startswith("text/event-stream"):
            text = re.findall(r"^data: (\{.*\})\r?$", text, re.M)[-1]
        message = json.loads(text)
        if "result" not in message or message["result"].get("isError"):
            sys.exit(f"{method} failed: {text[:500]}")
        return message["result"]

    def call(self):
        text = self.ask("tools/call", name="k8s_get", arguments={"resource_type": "deployments"})["content"][0]["text"]
        if "web" not in text:
            sys.exit(f"the call gives something else: {text}")


def cpu(process):
    """Seconds of user and system time so far."""
    fields = open(f"/proc/{process}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory(process):
    """Resident KiB."""
    return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{process}/status").read())[1])


def measured(work, process, rounds):
    """Milliseconds of wall time (median) and of CPU (mean) of one round."""
    for _ in range(max(1, rounds // 10)):
        work()
    times, before = [], cpu(process)
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000, (cpu(process) - before) / rounds * 1000


def first_answer(command):
    """Milliseconds from the start of a program to its list of tools, over standard input."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as program:
        meta = {"io.modelcontextprotocol/protocolVersion": VERSION, "io.modelcontextprotocol/clientCapabilities": {}}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}}
        program.stdin.write(json.dumps(message).encode() + b"\n")
        program.stdin.flush()
        answer = json.loads(program.stdout.readline())
        elapsed = time.perf_counter() - start
        if not answer.get("result", {}).get("tools"):
            sys.exit(f"{command[0]} gives no list: {str(answer)[:300]}")
        program.stdin.close()
        program.kill()
    return elapsed * 1000


def clients_at_once(port, process, count):
    """KiB more for each of so many connections, each of which has made a call and stays."""
    before = memory(process)
    clients = [Client(port) for _ in range(count)]
    for client in clients:
        client.call()
    return (memory(process) - before) / count


def wait_for(port):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
    sys.exit("a server doesn't start")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def main(skyflo, calls, count):
    folder = tempfile.mkdtemp()
    tools = os.path.join(folder, "tools.json")
    rows = {}

    def measure(name, over_http, over_stdio):
        port = free_port()
        with subprocess.Popen(over_http(port), stderr=subprocess.DEVNULL) as server:
            try:
                wait_for(port)
                client = Client(port)
                listed = client.ask("tools/list")["tools"]
                if not os.path.exists(tools):
                    with open(tools, "w") as file:
                        json.dump([{key: tool[key] for key in ("name", "description")} for tool in listed], file)
                wall, used = measured(client.call, server.pid, calls)
                list_wall, list_used = measured(lambda: client.ask("tools/list"), server.pid, max(10, calls // 5))
                each = clients_at_once(port, server.pid, count)
                total = memory(server.pid)
            finally:
                server.kill()
        start = statistics.median(first_answer(over_stdio()) for _ in range(5))
        rows[name] = [len(listed), wall, used, list_wall, list_used, start, each, total / 1024]

    measure("skyflo", lambda port: [skyflo, "mcp", "--listen", f"127.0.0.1:{port}", "-n", "shop"],
            lambda: [skyflo, "mcp", "-n", "shop"])
    measure("FastMCP", lambda port: [sys.executable, __file__, "serve", tools, str(port)],
            lambda: [sys.executable, __file__, "serve", tools])
    names = ["tools", "k8s_get, ms", "its CPU, ms", "tools/list, ms", "its CPU, ms", "start to first list, ms",
             f"KiB a client, of {count}", "MiB after that"]
    print(f"{'':<26}" + "".join(f"{name:>12}" for name in rows) + f"{'part':>10}")
    for index, name in enumerate(names):
        ours, theirs = (values[index] for values in rows.values())
        part = f"{ours / theirs:>10.3f}" if theirs else ""
        print(f"{name:<26}" + "".join(f"{values[index]:>12.2f}" for values in rows.values()) + part)


if sys.argv[1] == "serve":
    serve(sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else None)
else:
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
