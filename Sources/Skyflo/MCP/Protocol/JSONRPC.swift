import KubeModel

/// Of a request, as the client chose it: a string or a whole number, never null (JSON-RPC 2.0 §4, narrowed by MCP).
package enum RPCID: Sendable, Hashable {
    case string(String)
    case number(Int64)

    package init?(json: JSONValue?) {
        switch json {
        case .string(let text): self = .string(text)
        case .int(let number): self = .number(number)
        default: return nil
        }
    }

    package var json: JSONValue {
        switch self {
        case .string(let text): .string(text)
        case .number(let number): .int(number)
        }
    }
}

/// One message of a client. Answers of clients are left out: nothing is ever asked of them.
package enum RPCMessage: Sendable, Hashable {
    case request(RPCRequest)
    case notification(method: String, params: JSONObject)
    /// An answer to something that nobody asked.
    case response
}

package struct RPCRequest: Sendable, Hashable {
    package var id: RPCID
    package var method: String
    package var params: JSONObject

    package init(id: RPCID, method: String, params: JSONObject = [:]) {
        self.id = id
        self.method = method
        self.params = params
    }
}

extension RPCMessage {
    /// How deep a message may nest; what a caller sends is walked by recursion in places.
    static let maximumDepth = 64

    /// - Throws: ``RPCFailure`` with the id that could be read.
    package init(_ bytes: some Sequence<UInt8>) throws(RPCFailure) {
        let json: JSONValue
        do {
            json = try JSONParser.parse(bytes)
        } catch {
            throw RPCFailure(id: nil, error: RPCError(.parseError, "the message is no JSON: \(error.message)"))
        }
        try self.init(json)
    }

    package init(_ json: JSONValue) throws(RPCFailure) {
        guard let members = json.object else {
            let hint = json.array == nil ? "" : "; batches were removed from the protocol"
            throw RPCFailure(id: nil, error: RPCError(.invalidRequest, "the message is no JSON object\(hint)"))
        }
        let id = RPCID(json: members["id"])
        func fail(_ code: RPCError.Code, _ message: String) -> RPCFailure {
            RPCFailure(id: id, error: RPCError(code, message))
        }
        guard members["jsonrpc"] == "2.0" else { throw fail(.invalidRequest, "jsonrpc must be \"2.0\"") }
        guard !json.isDeeper(than: Self.maximumDepth) else {
            throw fail(.invalidRequest, "the message nests deeper than \(Self.maximumDepth)")
        }
        if members["method"] == nil, members.contains("result") || members.contains("error") {
            self = .response
            return
        }
        guard let method = members["method"]?.string, !method.isEmpty else {
            throw fail(.invalidRequest, "method must be a text")
        }
        let params: JSONObject
        switch members["params"] {
        case nil: params = [:]
        case .object(let object): params = object
        default: throw fail(.invalidParams, "params must be an object")
        }
        guard members.contains("id") else {
            self = .notification(method: method, params: params)
            return
        }
        guard let id else { throw fail(.invalidRequest, "id must be a string or a whole number") }
        self = .request(RPCRequest(id: id, method: method, params: params))
    }
}

extension JSONValue {
    func isDeeper(than depth: Int) -> Bool {
        switch self {
        case .array(let elements): depth == 0 || elements.contains { $0.isDeeper(than: depth - 1) }
        case .object(let members): depth == 0 || members.contains { $0.value.isDeeper(than: depth - 1) }
        default: false
        }
    }
}

/// What is answered in place of a result.
package struct RPCError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The protocol's, of revision 2026-07-28; older clients know the first five.
    package enum Code: Int, Sendable {
        case parseError = -32700
        case invalidRequest = -32600
        case methodNotFound = -32601
        case invalidParams = -32602
        case internalError = -32603
        case headerMismatch = -32020
        case missingCapability = -32021
        case unsupportedVersion = -32022
    }

    package var code: Code
    package var message: String
    package var data: JSONValue?

    package init(_ code: Code, _ message: String, data: JSONValue? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }

    package var description: String { message }

    /// The status of an HTTP answer that has nothing but this error (Streamable HTTP, 2026-07-28).
    package var httpStatus: Int {
        switch code {
        case .methodNotFound: 404
        case .internalError: 200
        default: 400
        }
    }

    package func response(to id: RPCID?) -> JSONValue {
        [
            "jsonrpc": "2.0", "id": id?.json ?? .null,
            "error": .compact(["code": JSONValue(code.rawValue), "message": .string(message), "data": data]),
        ]
    }
}

/// A message that can't be answered by a result, with the id that the error belongs to where one could be read.
package struct RPCFailure: Error, Sendable, Hashable {
    package var id: RPCID?
    package var error: RPCError

    package var response: JSONValue { error.response(to: id) }
}

package enum RPC {
    package static func response(to id: RPCID, result: JSONValue) -> JSONValue {
        ["jsonrpc": "2.0", "id": id.json, "result": result]
    }

    package static func notification(_ method: String, params: JSONValue) -> JSONValue {
        ["jsonrpc": "2.0", "method": .string(method), "params": params]
    }
}
