"""What a client of the Model Context Protocol does first, by the package that is installed: mcp 2, mcp 1 or fastmcp 4.

Usage: mcp_client.py URL SKYFLO
"""
import asyncio, sys
from importlib.metadata import PackageNotFoundError, version


def installed(package):
    try:
        return int(version(package).split(".")[0])
    except PackageNotFoundError:
        return 0


async def flow(session, name):
    """The same calls by each client: `session` has the methods of the SDK's."""
    tools = {tool.name: tool for tool in (await session.list_tools())}
    assert {"k8s_get", "conversation_ask", "approval_decide"} <= tools.keys(), sorted(tools)
    assert "k8s_scale" not in tools and "load_toolset" not in tools
    pods = await session.call("k8s_get", {"resource_type": "deployments"})
    assert "web" in pods, pods
    wrong = await session.call("k8s_get", {"resource_tipe": "pods"}, fails=True)
    assert "resource_tipe" in wrong, wrong
    write = await session.call("k8s_scale", {"name": "web", "replicas": 3}, fails=True)
    assert "conversation_ask" in write, write
    asked = await session.call(
        "conversation_ask", {"text": "scale web to 3", "service_account": "copilot", "wait_seconds": 60})
    assert "Waits for a person's decision" in asked and "replicas: 3" in asked, asked
    waiting = await session.call("approvals_list", {})
    assert "digest sha256:" in waiting, waiting
    conversation = waiting.split("shop/", 1)[1].split("\n", 1)[0]
    digest = waiting.rsplit("digest ", 1)[1].split()[0]
    call = waiting.split(conversation + "\n", 1)[1].split(":", 1)[0]
    decision = {"conversation": conversation, "call": call, "decision": "Approved", "digest": digest}
    own = await session.call("approval_decide", decision, fails=True)
    assert "kubectl skyflo approve" in own, own
    denied = await session.call("approval_decide", {**decision, "decision": "Denied", "reason": "not today"})
    assert "denied" in denied, denied
    ended = await session.call("conversation_wait", {"conversation": conversation})
    assert "Waits for" not in ended, ended
    assert await session.prompts() == ["diagnose", "review_pending", "roll_out"]
    assert any(uri.startswith("skyflo://conversations/shop/") for uri in await session.resources())
    print(f"{name}: {len(tools)} tools, a read, a change asked for and denied")


class SDK:
    def __init__(self, session): self.session = session

    async def list_tools(self): return (await self.session.list_tools()).tools
    async def prompts(self): return sorted(prompt.name for prompt in (await self.session.list_prompts()).prompts)
    async def resources(self): return [str(item.uri) for item in (await self.session.list_resources()).resources]

    async def call(self, name, arguments, fails=False):
        result = await self.session.call_tool(name, arguments)
        failed = getattr(result, "isError", None) or getattr(result, "is_error", None) or False
        assert failed == fails, result
        return result.content[0].text


class Fast(SDK):
    async def list_tools(self): return await self.session.list_tools()
    async def prompts(self): return sorted(prompt.name for prompt in await self.session.list_prompts())
    async def resources(self): return [str(item.uri) for item in await self.session.list_resources()]

    async def call(self, name, arguments, fails=False):
        result = await self.session.call_tool(name, arguments, raise_on_error=False)
        assert bool(result.is_error) == fails, result
        return result.content[0].text


async def main(url, skyflo):
    if installed("fastmcp"):
        from fastmcp import Client
        from fastmcp.client.transports import StdioTransport
        for name, target in [
            ("fastmcp over HTTP", url),
            ("fastmcp over stdio", StdioTransport(skyflo, ["mcp", "-n", "shop"], env=dict(__import__("os").environ)))]:
            async with Client(target) as client:
                await flow(Fast(client), name)
    elif installed("mcp") >= 2:
        from mcp import Client, StdioServerParameters
        from mcp.client.stdio import stdio_client
        import os
        stdio = StdioServerParameters(command=skyflo, args=["mcp", "-n", "shop"], env=dict(os.environ))
        for name, target in [("mcp 2 over HTTP", url), ("mcp 2 over stdio", stdio_client(stdio))]:
            async with Client(target) as client:
                await flow(SDK(client), name)
    else:
        import os
        from mcp import ClientSession, StdioServerParameters
        from mcp.client.stdio import stdio_client
        from mcp.client.streamable_http import streamablehttp_client
        stdio = StdioServerParameters(command=skyflo, args=["mcp", "-n", "shop"], env=dict(os.environ))
        for name, transport in [("mcp 1 over HTTP", streamablehttp_client(url)), ("mcp 1 over stdio", stdio_client(stdio))]:
            async with transport as streams:
                async with ClientSession(*streams[:2]) as session:
                    await session.initialize()
                    await flow(SDK(session), name)


asyncio.run(main(*sys.argv[1:]))
