"""For hack/peers/litellm: the provider behind the proxy, the proxy, and a Conversation for each case."""

import base64
import http.server
import json
import os
import pathlib
import socket
import subprocess
import sys
import threading
import time
import urllib.request

from kubernetes import client, config, watch

work = pathlib.Path(sys.argv[1])
KEY = os.environ["LITELLM_MASTER_KEY"]
CALL = {"index": 0, "id": "call_1", "type": "function",
        "function": {"name": "k8s_get", "arguments": '{"resource_type":"deployments"}'}}


def said(delta, finish=None):
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


USAGE = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [],
         "usage": {"prompt_tokens": 100, "completion_tokens": 5, "total_tokens": 105}}
FINE = [said({"role": "assistant", "content": "There is web."}), said({}, "stop"), USAGE]
CALLS = [said({"role": "assistant", "content": None, "reasoning_content": "I should look."}),
         said({"tool_calls": [CALL]}), said({}, "tool_calls"), USAGE]
TWO = [said({"role": "assistant", "content": "I look.", "tool_calls": [
           CALL, {**CALL, "index": 1, "id": "call_2",
                  "function": {"name": "k8s_get", "arguments": '{"resource_type":"services"}'}}]}),
       said({}, "tool_calls"), USAGE]


class Upstream(http.server.BaseHTTPRequestHandler):
    """Speaks chat completions: the model's name says how it behaves, the number of messages says where the turn is."""

    seen = []
    died = set()

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.seen.append(body)
        name = body["model"].split("/")[-1]
        hasResults = any(message["role"] == "tool" for message in body["messages"])
        if name == "busy" and name not in self.died:
            self.died.add(name)
            return self.refuse(429, "slow down", "rate_limit_error", {"retry-after": "1"})
        if name == "long":
            return self.refuse(400, "This model's maximum context length is 128 tokens. However, your messages resulted in "
                               "9001 tokens.", "invalid_request_error", {}, "context_length_exceeded")
        if name == "gone":
            return self.refuse(404, "The model `gone` does not exist", "invalid_request_error", {}, "model_not_found")
        events = FINE if hasResults or name in ("busy", "dies") else TWO if name == "two" else CALLS
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for number, event in enumerate(events):
            self.wfile.write(b"data: " + json.dumps(event).encode() + b"\n\n")
            self.wfile.flush()
            if name == "dies" and number == 0 and name not in self.died:
                self.died.add(name)
                self.connection.shutdown(socket.SHUT_RDWR)
                return
        self.wfile.write(b"data: [DONE]\n\n")

    def refuse(self, status, message, kind, headers, code=None):
        content = json.dumps({"error": {"message": message, "type": kind, "param": None, "code": code}}).encode()
        self.send_response(status)
        for name, value in {**headers, "content-type": "application/json", "content-length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]


def start_proxy():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    behind = f"http://127.0.0.1:{server.server_port}/v1"
    models = [{"model_name": name, "litellm_params": {"model": f"openai/{name}", "api_base": behind, "api_key": "x"}}
              for name in ("calls", "two", "dies", "busy", "long", "gone")]
    models.append({"model_name": "mock", "litellm_params": {
        "model": "openai/mock", "api_key": "x", "mock_response": "A reply of the proxy's own."}})
    models.append({"model_name": "limited", "litellm_params": {
        "model": "openai/limited", "api_key": "x", "mock_response": "litellm.RateLimitError"}})
    settings = {"model_list": models, "litellm_settings": {
        # The provider behind speaks chat completions; the proxy would ask it for responses.
        "num_retries": 0, "telemetry": False, "use_chat_completions_url_for_anthropic_messages": True},
                "router_settings": {"num_retries": 0, "disable_cooldowns": True}}
    (work / "litellm.yaml").write_text(json.dumps(settings))
    port = free_port()
    log = open(work / "proxy.log", "w")
    proxy = subprocess.Popen(
        [sys.argv[2], "--config", str(work / "litellm.yaml"), "--host", "127.0.0.1",
         "--port", str(port)], stdout=log, stderr=log)
    deadline = time.time() + 600
    while time.time() < deadline and proxy.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/liveliness", timeout=2)
            return proxy, f"http://127.0.0.1:{port}"
        except OSError:
            time.sleep(1)
    proxy.terminate()
    raise SystemExit("the proxy didn't start")


proxy, url = start_proxy()
try:
    config.load_kube_config()
    core, custom, place = client.CoreV1Api(), client.CustomObjectsApi(), ("skyflo.ai", "v1", "default")
    core.create_namespaced_service_account("default", {"metadata": {"name": "copilot"}})
    for name, key in (("key", KEY), ("wrong", "sk-wrong-key-0123456789")):
        core.create_namespaced_secret("default", {
            "metadata": {"name": name}, "data": {
                member: base64.b64encode(key.encode()).decode() for member in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY")}})

    # The proxy's name of a model, and what comes of it: the phase and a part of the answer or of the failure.
    cases = [("mock", "Completed", "A reply of the proxy's own."), ("calls", "Completed", "There is web."),
             ("two", "Completed", "There is web."), ("dies", "Completed", "There is web."),
             ("busy", "Completed", "There is web."), ("gone", "Failed", "does not exist"),
             ("long", "Failed", "context"), # Without a database the proxy has no other word for a wrong key.
             ("wrong key", "Failed", "No connected db")]
    models = []
    for kind, provider, base in (("chat", "LiteLLM", f"{url}/v1"), ("messages", "Anthropic", url)):
        for name, _, _ in cases:
            models.append({
                "name": f"{kind}-{name.replace(' ', '-')}", "provider": provider, "baseURL": base,
                "model": "mock" if name == "wrong key" else name,
                "apiKeySecretRef": {"name": "wrong" if name == "wrong key" else "key"}})
    custom.create_namespaced_custom_object(*place, "skyfloais", {
        "apiVersion": "skyflo.ai/v1", "kind": "SkyfloAI", "metadata": {"name": "copilot"}, "spec": {"models": models}})
    for model in models:
        custom.create_namespaced_custom_object(*place, "conversations", {
            "apiVersion": "skyflo.ai/v1", "kind": "Conversation", "metadata": {"name": model["name"]},
            "spec": {"serviceAccountName": "copilot", "model": model["name"],
                     "messages": [{"content": "list the deployments"}]}})
    ended = {}
    for event in watch.Watch().stream(
            custom.list_namespaced_custom_object, *place, "conversations", timeout_seconds=400):
        status = event["object"].get("status", {})
        if status.get("phase") in ("Completed", "Failed"):
            ended[event["object"]["metadata"]["name"]] = status
        if len(ended) == len(models):
            break
    failures = []
    for kind in ("chat", "messages"):
        for name, phase, words in cases:
            model = f"{kind}-{name.replace(' ', '-')}"
            status = ended.get(model, {})
            told = status.get("answer") or ""
            if status.get("phase") == "Failed":
                told = next((c["message"] for c in status["conditions"] if c["type"] == "Failed"), "")
            good = status.get("phase") == phase and words in told
            print(f"{'ok  ' if good else 'FAIL'} {model}: {status.get('phase')}: {told[:160]}")
            if not good:
                failures.append(model)
            assert KEY not in json.dumps(status), "the key is in the status"
    sent = [body for body in Upstream.seen if any(message["role"] == "tool" for message in body.get("messages", []))]
    print(f"{len(Upstream.seen)} requests reached the provider behind, {len(sent)} with results of tools")
    if failures:
        raise SystemExit(f"not as expected: {', '.join(failures)}")
finally:
    proxy.terminate()
