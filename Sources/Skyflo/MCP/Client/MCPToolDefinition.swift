import KubeModel

/// A tool as a server describes it. All of it is somebody else's text.
package struct MCPToolDefinition: Sendable, Hashable {
    package let name: String
    package let title: String?
    package let toolDescription: String
    package let inputSchema: JSONValue
    /// What the server says about what it does. Nothing is decided by it.
    package let annotations: JSONObject
    package let outputSchema: JSONValue?
    package let headers: [HeaderArgument]

    /// Bytes of a schema. More is more than a model reads.
    package static let schemaLimit = 16 * 1024
    static let descriptionLimit = 8 * 1024
    static let depthLimit = 16

    /// - Throws: in one sentence, where the tool can't be offered.
    package init(_ json: JSONValue) throws(MCPClientError) {
        guard let name = json["name"]?.string, (1...128).contains(name.utf8.count), name.utf8.allSatisfy(Self.isNamed)
        else { throw MCPClientError(.unusable, "a tool has no name of 1 to 128 of A-Z, a-z, 0-9, _, - and .") }
        self.name = name
        title = json["title"]?.string ?? json["annotations", "title"]?.string
        toolDescription = json["description"]?.string ?? ""
        guard toolDescription.utf8.count <= Self.descriptionLimit else {
            throw MCPClientError(.unusable, "its description has more than \(Self.descriptionLimit) bytes")
        }
        guard let schema = json["inputSchema"], schema["type"]?.string == "object" else {
            throw MCPClientError(.unusable, "its inputSchema is not one of an object")
        }
        guard JSONWriter.bytes(schema).count <= Self.schemaLimit, !schema.isDeeper(than: Self.depthLimit) else {
            throw MCPClientError(
                .unusable,
                "its inputSchema has more than \(Self.schemaLimit) bytes or nests deeper than \(Self.depthLimit)"
            )
        }
        inputSchema = schema
        annotations = json["annotations"]?.object ?? [:]
        outputSchema = json["outputSchema"]
        headers = try HeaderArgument.all(in: schema)
    }

    private static func isNamed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: "_-.".utf8.contains(byte)
        }
    }

    /// All that a model, or a person who decides, is led by.
    package var pinned: JSONValue {
        .compact([
            "name": .string(name), "title": title.map(JSONValue.string), "description": .string(toolDescription),
            "inputSchema": inputSchema, "outputSchema": outputSchema,
            "annotations": annotations.isEmpty ? nil : .object(annotations),
        ])
    }
}

/// The tools of a server, as far as they can be used.
package struct MCPToolList: Sendable, Hashable {
    package var tools: [MCPToolDefinition] = []
    /// Of what is left out, a sentence each.
    package var problems: [String] = []

    package static let mostTools = 128
    /// Entries that are looked at. A server that has far more than can be used would only take time.
    static let mostEntries = 4 * mostTools
    private static let mostProblems = 32

    package init() {}

    /// Of all pages together. A name that occurs twice means nothing.
    package init(_ entries: [JSONValue]) {
        var counts: [String: Int] = [:]
        var told: Set<String> = []
        for entry in entries { counts[entry["name"]?.string ?? "", default: 0] += 1 }
        for entry in entries.prefix(Self.mostEntries) {
            let name = String(
                (entry["name"]?.string ?? "").unicodeScalars.filter { $0.isASCII && $0.value > 0x20 }.map(
                    Character.init
                ).prefix(64))
            guard counts[entry["name"]?.string ?? ""] == 1 else {
                if told.insert(name).inserted { problems.append("\(name): there are several of this name") }
                continue
            }
            do {
                tools.append(try MCPToolDefinition(entry))
            } catch {
                problems.append("\(name): \(error.message)")
            }
        }
        cut(isWhole: entries.count <= Self.mostEntries)
    }

    private mutating func cut(isWhole: Bool) {
        // What concerns the whole list comes first: of the rest not all may be told.
        if tools.count > Self.mostTools {
            let count = isWhole ? "\(tools.count)" : "more than \(tools.count)"
            problems.insert("it has \(count) tools, of which the first \(Self.mostTools) are used", at: 0)
            tools.removeLast(tools.count - Self.mostTools)
        } else if !isWhole {
            problems.insert("it names more than \(Self.mostEntries) tools, and no more are looked at", at: 0)
        }
        let more = problems.count - Self.mostProblems
        if more > 0 {
            problems.removeLast(more)
            problems.append("and \(more) more")
        }
    }
}
