"""The Python SDK 2.x, with its own tracing: it puts its trace into `_meta`. A cancelled task cancels its request."""

import json
import os

import anyio
from mcp import Client, MCPError, StdioServerParameters
from mcp_types import REQUEST_TIMEOUT, Implementation
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider


def say(step, saw, **more):
    print(json.dumps({"step": step, "saw": saw, **more}), flush=True)


def target():
    if url := os.environ.get("MCP_URL"):
        return url
    command, *args = json.loads(os.environ["MCP_COMMAND"])
    return StdioServerParameters(command=command, args=args, env=dict(os.environ))


async def call(client, step, name, arguments):
    with trace.get_tracer("foreign").start_as_current_span(step) as span:
        trace_id = format(span.get_span_context().trace_id, "032x")
        try:
            result = await client.call_tool(name, arguments)
            say(step, "tool error" if result.is_error else "result", trace_id=trace_id)
        except MCPError as error:
            say(step, f"error {error.error.code}", trace_id=trace_id)


async def main():
    trace.set_tracer_provider(TracerProvider())
    async with Client(target(), client_info=Implementation(name="python-2", version="2")) as client:
        if os.environ.get("DRAIN"):
            await client.list_tools()  # else it asks for them once it has the result, to check it
            await call(client, "drain", "fault", {"mode": "slow", "ms": 2000})
            return
        say("connect", client.protocol_version)
        tools = await client.list_tools()
        say("list", ",".join(tool.name for tool in tools.tools))
        await call(client, "add", "add", {"a": 1, "b": 2})
        await call(client, "tool error", "fault", {"mode": "error"})
        await call(client, "unknown tool", "no_such_tool", {})
        await call(client, "bad arguments", "add", {"a": "one"})
        with anyio.move_on_after(0.5):
            await client.call_tool("fault", {"mode": "slow", "ms": 5000})
        say("cancel", "cancelled")
        await call(client, "after cancel", "add", {"a": 3, "b": 4})
        try:
            await client.call_tool("fault", {"mode": "slow", "ms": 2000}, read_timeout_seconds=0.5)
        except MCPError as error:
            say("timeout", "timed out" if error.error.code == REQUEST_TIMEOUT else f"error {error.error.code}")
    say("leave", "left")


anyio.run(main)
