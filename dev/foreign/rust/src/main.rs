//! The Rust SDK. It asks for the newest revision first, and a request's handle cancels it.
use std::{env, error::Error, time::Duration};

use rmcp::{
    ClientLifecycleMode, ClientServiceExt, ServiceError,
    model::{
        CallToolRequestParams, CallToolResult, ClientCapabilities, ClientConfig, ClientRequest, Implementation,
        JsonObject, ProtocolVersion, Request,
    },
    service::{PeerRequestOptions, RoleClient, RunningService},
    transport::StreamableHttpClientTransport,
};
use serde_json::{Value, json};

type Session = RunningService<RoleClient, ClientConfig>;

fn say(step: &str, saw: &str) {
    println!("{}", json!({ "step": step, "saw": saw }));
}

fn object(value: Value) -> JsonObject {
    value.as_object().cloned().unwrap_or_default()
}

async fn call(session: &Session, step: &str, tool: &'static str, arguments: Value) -> Result<(), Box<dyn Error>> {
    let params = CallToolRequestParams::new(tool).with_arguments(object(arguments));
    match session.call_tool(params).await {
        Ok(CallToolResult { is_error: Some(true), .. }) => say(step, "tool error"),
        Ok(_) => say(step, "result"),
        Err(ServiceError::McpError(error)) => say(step, &format!("error {}", error.code.0)),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

async fn cancel(session: &Session) -> Result<(), Box<dyn Error>> {
    let params = CallToolRequestParams::new("fault").with_arguments(object(json!({ "mode": "slow", "ms": 5000 })));
    let request = ClientRequest::CallToolRequest(Request::new(params));
    let handle = session.peer().send_cancellable_request(request, PeerRequestOptions::no_options()).await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    handle.cancel(Some("no longer wanted".into())).await?;
    say("cancel", "cancelled");
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let transport = StreamableHttpClientTransport::from_uri(env::var("MCP_URL")?);
    let config = ClientConfig::new(ClientCapabilities::default(), Implementation::new("rust", "3"));
    let auto = ClientLifecycleMode::Auto {
        preferred_versions: vec![ProtocolVersion::V_2026_07_28],
        legacy_version: Some(ProtocolVersion::V_2025_11_25),
    };
    let session = config.serve_with_lifecycle(transport, auto).await?;
    let version = session.peer_info().map(|info| info.protocol_version.to_string());
    say("connect", &version.unwrap_or_default());
    let tools = session.list_all_tools().await?;
    say("list", &tools.iter().map(|tool| tool.name.as_ref()).collect::<Vec<_>>().join(","));
    call(&session, "add", "add", json!({ "a": 1, "b": 2 })).await?;
    call(&session, "tool error", "fault", json!({ "mode": "error" })).await?;
    call(&session, "unknown tool", "no_such_tool", json!({})).await?;
    call(&session, "bad arguments", "add", json!({ "a": "one" })).await?;
    cancel(&session).await?;
    call(&session, "after cancel", "add", json!({ "a": 3, "b": 4 })).await?;
    session.cancel().await?;
    say("leave", "left");
    Ok(())
}
