import KubeModel

/// What a server offers to one caller. Everything is asked for anew: rights and objects change.
///
/// Whatever throws an ``RPCError`` is answered with it; any other error is told as an internal one, in its own words, so it
/// must be fit to be shown to the caller.
package protocol ServedFeatures: Sendable {
    func tools() async throws -> [ServedTool]
    /// - Parameter arguments: an object.
    /// - Throws: `RPCError` -32602 for an unknown tool. What goes wrong in the work is a ``ToolResult`` with `isError`.
    func call(tool: String, arguments: JSONObject, request: RequestMeta, progress: ProgressReporter) async throws
        -> ToolResult
    /// Whether a call may take much longer than a request usually does.
    func mayWait(_ tool: String) -> Bool
    /// - Parameter cursor: of an earlier page.
    func resources(after cursor: String?) async throws -> (resources: [ServedResource], next: String?)
    func resourceTemplates() -> [ResourceTemplate]
    /// - Throws: `RPCError` -32602 with `data.uri` where there is no such resource.
    func read(resource uri: String) async throws -> [ResourceContents]
    func prompts() -> [ServedPrompt]
    func prompt(named name: String, arguments: [String: String]) async throws -> PromptMessages
    /// Values that begin with what is there so far.
    func complete(_ reference: CompletionReference, argument: String, value: String, context: [String: String])
        async throws -> [String]
}

package struct ServedTool: Sendable, Hashable {
    package var name: String
    package var title: String
    package var description: String
    /// A JSON Schema with `"type": "object"`.
    package var inputSchema: JSONValue
    package var outputSchema: JSONValue?
    package var annotations: JSONValue

    package init(
        name: String, title: String, description: String, inputSchema: JSONValue, outputSchema: JSONValue? = nil,
        annotations: JSONValue
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.inputSchema = inputSchema
        self.outputSchema = outputSchema
        self.annotations = annotations
    }

    var json: JSONValue {
        .compact([
            "name": .string(name), "title": .string(title), "description": .string(description),
            "inputSchema": inputSchema, "outputSchema": outputSchema, "annotations": annotations,
        ])
    }
}

package struct ToolResult: Sendable, Hashable {
    package var text: String
    /// By the tool's output schema.
    package var structured: JSONValue?
    package var isError: Bool

    package init(text: String, structured: JSONValue? = nil, isError: Bool = false) {
        self.text = text
        self.structured = structured
        self.isError = isError
    }

    package static func failure(_ text: String) -> ToolResult { ToolResult(text: text, isError: true) }

    var json: JSONValue {
        .compact([
            "content": [["type": "text", "text": .string(text)]], "structuredContent": isError ? nil : structured,
            "isError": isError ? true : nil,
        ])
    }
}

package struct ServedResource: Sendable, Hashable {
    package var uri: String
    package var name: String
    package var title: String?
    package var description: String?
    package var mimeType: String

    package init(uri: String, name: String, title: String? = nil, description: String? = nil, mimeType: String) {
        self.uri = uri
        self.name = name
        self.title = title
        self.description = description
        self.mimeType = mimeType
    }

    var json: JSONValue {
        .compact([
            "uri": .string(uri), "name": .string(name), "title": title.map(JSONValue.string),
            "description": description.map(JSONValue.string), "mimeType": .string(mimeType),
        ])
    }
}

package struct ResourceTemplate: Sendable, Hashable {
    /// RFC 6570, level 1.
    package var uriTemplate: String
    package var name: String
    package var title: String
    package var description: String
    package var mimeType: String

    package init(uriTemplate: String, name: String, title: String, description: String, mimeType: String) {
        self.uriTemplate = uriTemplate
        self.name = name
        self.title = title
        self.description = description
        self.mimeType = mimeType
    }

    var json: JSONValue {
        [
            "uriTemplate": .string(uriTemplate), "name": .string(name), "title": .string(title),
            "description": .string(description), "mimeType": .string(mimeType),
        ]
    }
}

package struct ResourceContents: Sendable, Hashable {
    package var uri: String
    package var mimeType: String
    package var text: String

    package init(uri: String, mimeType: String, text: String) {
        self.uri = uri
        self.mimeType = mimeType
        self.text = text
    }

    var json: JSONValue { ["uri": .string(uri), "mimeType": .string(mimeType), "text": .string(text)] }
}

package struct ServedPrompt: Sendable, Hashable {
    package struct Argument: Sendable, Hashable {
        package var name: String
        package var description: String
        package var isRequired: Bool

        package init(name: String, description: String, isRequired: Bool = false) {
            self.name = name
            self.description = description
            self.isRequired = isRequired
        }
    }

    package var name: String
    package var title: String
    package var description: String
    package var arguments: [Argument]

    package init(name: String, title: String, description: String, arguments: [Argument]) {
        self.name = name
        self.title = title
        self.description = description
        self.arguments = arguments
    }

    var json: JSONValue {
        [
            "name": .string(name), "title": .string(title), "description": .string(description),
            "arguments": .array(
                arguments.map {
                    [
                        "name": .string($0.name), "description": .string($0.description),
                        "required": .bool($0.isRequired),
                    ]
                }),
        ]
    }
}

package struct PromptMessages: Sendable, Hashable {
    package var description: String
    /// Of the user.
    package var text: String

    package init(description: String, text: String) {
        self.description = description
        self.text = text
    }

    var json: JSONValue {
        [
            "description": .string(description),
            "messages": [["role": "user", "content": ["type": "text", "text": .string(text)]]],
        ]
    }
}

package enum CompletionReference: Sendable, Hashable {
    case prompt(String)
    case resource(uri: String)
}

/// Where a call tells how far it is. Nothing is sent where the client didn't ask for it.
package struct ProgressReporter: Sendable {
    private let send: (@Sendable (_ done: Int, _ message: String) -> Void)?

    package init(_ send: (@Sendable (_ done: Int, _ message: String) -> Void)?) { self.send = send }

    package static let none = ProgressReporter(nil)

    /// - Parameter done: has to rise from one report to the next.
    package func report(_ done: Int, _ message: String) { send?(done, message) }
}
