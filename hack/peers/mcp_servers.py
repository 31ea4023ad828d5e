"""A server of the Model Context Protocol by the package that is installed (mcp 2, mcp 1 or fastmcp), and a model that uses it.

Usage: mcp_servers.py FOLDER [json|stateless]

Into FOLDER it writes `mcp` and `model`, the ports of the two, and `calls`, a line for each call of a tool.
"""
import http.server, json, socket, sys, threading
from importlib.metadata import PackageNotFoundError, version

import uvicorn

folder, mode = sys.argv[1], (sys.argv[2:] or [""])[0]
TOKEN = "Bearer a-token-of-the-check"


def installed(package):
    try:
        return int(version(package).split(".")[0])
    except PackageNotFoundError:
        return 0


if installed("fastmcp"):
    from fastmcp import Context, FastMCP as Server
elif installed("mcp") >= 2:
    from mcp.server.mcpserver import Context, MCPServer as Server
else:
    from mcp.server.fastmcp import Context, FastMCP as Server

options = {"json_response": mode == "json", "stateless_http": mode == "stateless"}
server = Server("weather", **(options if installed("mcp") == 1 and not installed("fastmcp") else {}))


def called(*what):
    with open(f"{folder}/calls", "a") as file:
        file.write(json.dumps(what) + "\n")


@server.tool()
def forecast(city: str, days: int = 1) -> dict:
    """Tells the weather of a city."""
    called("forecast", city, days)
    return {"city": city, "weather": "snow", "days": days}


@server.tool()
async def survey(city: str, ctx: Context) -> str:
    """Tells of its progress."""
    called("survey", city)
    for step in range(3):
        await ctx.report_progress(step + 1, 3)
    return f"{city} is surveyed"


@server.tool()
def make_rain(place: str) -> str:
    """Makes rain."""
    called("make_rain", place)
    return f"it rains in {place}"


@server.tool()
def fall() -> str:
    """Fails."""
    called("fall")
    raise ValueError("fell down")


# What the model calls for each message of a person; then it repeats what the tool said.
SCRIPT = {
    "forecast": ("mcp_weather_forecast", {"city": "Graz", "days": 2}),
    "survey": ("mcp_weather_survey", {"city": "Graz"}),
    "rain": ("mcp_weather_make_rain", {"place": "Graz"}),
    "fall": ("mcp_weather_fall", {}),
    "wrong": ("mcp_weather_forecast", {"town": "Graz"}),
}


class Model(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        messages = json.loads(self.rfile.read(int(self.headers["content-length"])))["messages"]
        last = max(index for index, message in enumerate(messages) if message["role"] == "user")
        asked = next(tool for word, tool in SCRIPT.items() if word in json.dumps(messages[last]["content"]))
        results = [message["content"] for message in messages[last:] if message["role"] == "tool"]
        if len(results) < 2:
            name, arguments = [("load_toolset", {"name": "mcp_weather"}), asked][len(results)]
            call = {"index": 0, "id": f"call_{len(messages)}", "type": "function",
                    "function": {"name": name, "arguments": json.dumps(arguments)}}
            delta, end = {"tool_calls": [call]}, "tool_calls"
        else:
            delta, end = {"content": f"The tool said: {results[1]}"}, "stop"
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for chunk in [{"choices": [{"index": 0, "delta": delta}]},
                      {"choices": [{"index": 0, "delta": {}, "finish_reason": end}]}]:
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, *_): pass


def guarded(app):
    """Only who sends the header of the SkyfloAI is let in."""
    async def check(scope, receive, send):
        if scope["type"] == "http" and dict(scope["headers"]).get(b"authorization", b"").decode() != TOKEN:
            await send({"type": "http.response.start", "status": 401, "headers": []})
            await send({"type": "http.response.body", "body": b""})
        else:
            await app(scope, receive, send)
    return check


if installed("fastmcp"):
    app = server.http_app(path="/mcp", **options)
elif installed("mcp") >= 2:
    app = server.streamable_http_app(**options)
else:
    app = server.streamable_http_app()

model = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Model)
threading.Thread(target=model.serve_forever, daemon=True).start()
listener = socket.create_server(("127.0.0.1", 0))
for name, port in [("model", model.server_port), ("mcp", listener.getsockname()[1])]:
    with open(f"{folder}/{name}", "w") as file:
        file.write(str(port))
uvicorn.Server(uvicorn.Config(guarded(app), log_level="warning")).run(sockets=[listener])
