// A server on SDK 1.x with a tool that runs as a task.
import { InMemoryTaskStore } from "@modelcontextprotocol/sdk/experimental/tasks/stores/in-memory.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { z } from "zod";

class Work {
  #refused = 0;
  createTask({ value }) {
    this.#refused += 1;
    throw new Error(`cannot take ${value}`);
  }
  getTask() {}
  getTaskResult() {}
}

const options = { taskStore: new InMemoryTaskStore(), capabilities: { tasks: { requests: { tools: { call: {} } } } } };
const server = new McpServer({ name: "tasks", version: "1.0.0" }, options);
const config = { inputSchema: { value: z.string() }, execution: { taskSupport: "optional" } };
server.experimental.tasks.registerToolTask("task", config, new Work());
await server.connect(new StdioServerTransport());
