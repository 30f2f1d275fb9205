"""The Python SDK 1.x. It has no way to cancel a request: the notification is sent by hand."""

import json
import os
from contextlib import asynccontextmanager
from datetime import timedelta

import anyio
import httpx
from mcp import ClientSession, McpError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CancelledNotification, CancelledNotificationParams, ClientNotification, Implementation


def say(step, saw):
    print(json.dumps({"step": step, "saw": saw}), flush=True)


@asynccontextmanager
async def connection():
    if url := os.environ.get("MCP_URL"):
        async with streamable_http_client(url) as (read, write, _):
            yield read, write
    else:
        command, *args = json.loads(os.environ["MCP_COMMAND"])
        async with stdio_client(StdioServerParameters(command=command, args=args, env=dict(os.environ))) as streams:
            yield streams


async def call(session, step, name, arguments):
    try:
        result = await session.call_tool(name, arguments)
        say(step, "tool error" if result.isError else "result")
    except McpError as error:
        say(step, f"error {error.error.code}")


async def cancel(session):
    async with anyio.create_task_group() as tasks:
        request_id = session._request_id
        tasks.start_soon(session.call_tool, "fault", {"mode": "slow", "ms": 5000})
        await anyio.sleep(0.5)
        params = CancelledNotificationParams(requestId=request_id, reason="no longer wanted")
        await session.send_notification(ClientNotification(CancelledNotification(params=params)))
        tasks.cancel_scope.cancel()
    say("cancel", "cancelled")


async def give_up(session):
    """The client says nothing to the server: the call goes on, and is answered."""
    try:
        await session.call_tool("fault", {"mode": "slow", "ms": 1500}, read_timeout_seconds=timedelta(seconds=0.5))
    except McpError as error:
        say("timeout", "timed out" if error.error.code == httpx.codes.REQUEST_TIMEOUT else f"error {error.error.code}")
    await anyio.sleep(1.5)


async def main():
    async with connection() as (read, write):
        async with ClientSession(read, write, client_info=Implementation(name="python-1", version="1")) as session:
            say("connect", (await session.initialize()).protocolVersion)
            if os.environ.get("DRAIN"):
                await session.list_tools()  # else it asks for them once it has the result, to check it
                await call(session, "drain", "fault", {"mode": "slow", "ms": 2000})
                return
            tools = await session.list_tools()
            say("list", ",".join(tool.name for tool in tools.tools))
            await call(session, "add", "add", {"a": 1, "b": 2})
            await call(session, "tool error", "fault", {"mode": "error"})
            await call(session, "unknown tool", "no_such_tool", {})
            await call(session, "bad arguments", "add", {"a": "one"})
            await cancel(session)
            await call(session, "after cancel", "add", {"a": 3, "b": 4})
            await give_up(session)
    say("leave", "left")


anyio.run(main)
