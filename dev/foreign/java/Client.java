/** The Java SDK. It has no way to cancel a request but to stop waiting for it, and tells the server nothing of that. */
import io.modelcontextprotocol.client.McpAsyncClient;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.Map;
import java.util.stream.Collectors;

public class Client {
  static void say(String step, String saw) {
    System.out.println("{\"step\":\"" + step + "\",\"saw\":\"" + saw + "\"}");
  }

  static CallToolRequest request(String tool, Map<String, Object> arguments) {
    return CallToolRequest.builder(tool).arguments(arguments).build();
  }

  static void call(McpAsyncClient client, String step, String tool, Map<String, Object> arguments) {
    try {
      var result = client.callTool(request(tool, arguments)).block();
      say(step, Boolean.TRUE.equals(result.isError()) ? "tool error" : "result");
    } catch (McpError error) {
      say(step, "error " + error.getJsonRpcError().code());
    }
  }

  public static void main(String[] none) throws InterruptedException {
    var transport = HttpClientStreamableHttpTransport.builder(System.getenv("MCP_URL")).build();
    var client = McpClient.async(transport).clientInfo(Implementation.builder("java", "2").build()).build();
    say("connect", client.initialize().block().protocolVersion());
    say("list", client.listTools().block().tools().stream().map(Tool::name).collect(Collectors.joining(",")));
    call(client, "add", "add", Map.of("a", 1, "b", 2));
    call(client, "tool error", "fault", Map.of("mode", "error"));
    call(client, "unknown tool", "no_such_tool", Map.of());
    call(client, "bad arguments", "add", Map.of("a", "one"));

    var slow = client.callTool(request("fault", Map.of("mode", "slow", "ms", 5000))).subscribe();
    Thread.sleep(500);
    slow.dispose();
    say("cancel", "cancelled");
    call(client, "after cancel", "add", Map.of("a", 3, "b", 4));
    client.closeGracefully().block();
    say("leave", "left");
    System.exit(0);
  }
}
