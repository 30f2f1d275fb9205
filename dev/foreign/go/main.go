// The Go SDK. It asks for the newest revision first, and a cancelled context cancels its request.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

func say(step, saw string) {
	line, _ := json.Marshal(map[string]string{"step": step, "saw": saw})
	fmt.Println(string(line))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func call(session *mcp.ClientSession, step, name string, arguments map[string]any) {
	result, err := session.CallTool(context.Background(), &mcp.CallToolParams{Name: name, Arguments: arguments})
	var wire *jsonrpc.Error
	switch {
	case errors.As(err, &wire):
		say(step, fmt.Sprintf("error %d", wire.Code))
	case err != nil:
		log.Fatal(err)
	case result.IsError:
		say(step, "tool error")
	default:
		say(step, "result")
	}
}

func main() {
	client := mcp.NewClient(&mcp.Implementation{Name: "go", Version: "1"}, nil)
	transport := &mcp.StreamableClientTransport{Endpoint: os.Getenv("MCP_URL")}
	session, err := client.Connect(context.Background(), transport, nil)
	must(err)
	say("connect", session.InitializeResult().ProtocolVersion)

	tools, err := session.ListTools(context.Background(), nil)
	must(err)
	var names []string
	for _, tool := range tools.Tools {
		names = append(names, tool.Name)
	}
	say("list", strings.Join(names, ","))

	call(session, "add", "add", map[string]any{"a": 1, "b": 2})
	call(session, "tool error", "fault", map[string]any{"mode": "error"})
	call(session, "unknown tool", "no_such_tool", map[string]any{})
	call(session, "bad arguments", "add", map[string]any{"a": "one"})

	slow, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	_, err = session.CallTool(slow, &mcp.CallToolParams{Name: "fault", Arguments: map[string]any{"mode": "slow", "ms": 5000}})
	if errors.Is(err, context.DeadlineExceeded) {
		say("cancel", "cancelled")
	} else {
		say("cancel", "not cancelled")
	}
	call(session, "after cancel", "add", map[string]any{"a": 3, "b": 4})
	must(session.Close())
	say("leave", "left")
}
