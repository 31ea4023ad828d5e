import KubeModel
import ToolKit

/// A probe of a container as kubectl writes it.
enum ProbeText {
    /// `http-get http://:8080/healthz delay=5s timeout=1s period=10s #success=1 #failure=3`
    static func text(_ probe: JSONValue) -> String {
        func number(_ field: String, or standard: Int) -> Int { probe[field]?.int ?? standard }
        let times =
            "delay=\(number("initialDelaySeconds", or: 0))s timeout=\(number("timeoutSeconds", or: 1))s "
            + "period=\(number("periodSeconds", or: 10))s #success=\(number("successThreshold", or: 1)) "
            + "#failure=\(number("failureThreshold", or: 3))"
        return "\(action(probe)) \(times)"
    }

    private static func action(_ probe: JSONValue) -> String {
        if let words = probe["exec", "command"]?.array {
            return "exec [\(words.map(Outline.inline).joined(separator: " "))]"
        }
        if let get = probe["httpGet"] {
            let scheme = (get["scheme"]?.string ?? "HTTP").lowercased()
            return "http-get \(scheme)://\(address(get))\(get["path"]?.string ?? "/")"
        }
        if let socket = probe["tcpSocket"] { return "tcp-socket \(address(socket))" }
        if let grpc = probe["grpc"] {
            return "grpc <pod>:\(grpc["port"]?.int ?? 0) \(grpc["service"]?.string ?? "")"
        }
        return "unknown"
    }

    private static func address(_ action: JSONValue) -> String {
        "\(action["host"]?.string ?? ""):\(action["port"].map(Outline.inline) ?? "")"
    }
}
