extension KubeObject {
    /// The same object, kept as its text in about a tenth of the memory: for what is kept long and read seldom.
    ///
    /// Every read then looks through the text. Changing it makes a tree of it again, as ``decoded()`` does.
    public func packed() -> KubeObject {
        guard case .tree(let json) = content, case .object = json else { return self }
        return KubeObject(packed: PackedJSON(checked: JSONWriter.bytes(json)))
    }

    /// The same object as a tree, for callers that read more than a few members. Lists and watches give packed objects.
    public func decoded() -> KubeObject {
        guard case .packed(let packed) = content else { return self }
        return KubeObject(packed.value)
    }

    /// The same without `metadata.managedFields`, often half of an object, which controllers have no use for.
    public func withoutManagedFields() -> KubeObject {
        if case .packed(let packed) = content {
            return packed.removing("metadata", key: "managedFields").map(KubeObject.init(packed:)) ?? self
        }
        guard metadata["managedFields"] != nil else { return self }
        var object = self
        object["metadata", "managedFields"] = nil
        return object
    }
}

extension KubeList {
    /// Reads a list as the API server answers it, without building trees: its items are packed.
    /// - Throws: as ``JSONParser/parse(_:)-(Sequence<UInt8>)``: all of the text is checked, but for ``unreadableItems``.
    public init(parsing bytes: some Sequence<UInt8>) throws(JSONParser.Failure) {
        self = try JSONParser.scan(bytes) { (scanner) throws(JSONParser.Failure) in
            scanner.skipSpace()
            guard scanner.peek == UInt8(ascii: "{") else {
                // No list, but maybe valid.
                let value = try JSONParser.value(&scanner, depth: 0)
                try scanner.requireEnd()
                return KubeList(value)
            }
            return try KubeList(&scanner)
        }
    }

    private init(_ scanner: inout JSONScanner) throws(JSONParser.Failure) {
        var head: JSONObject = [:]
        var items: [Item] = []
        var unreadable = 0
        try scanner.object { (scanner, key) throws(JSONParser.Failure) in
            scanner.skipSpace()
            if scanner.matches(key, name: "items"), scanner.peek == UInt8(ascii: "[") {
                try scanner.array { (scanner) throws(JSONParser.Failure) in
                    scanner.skipSpace()
                    let start = scanner.at
                    do throws(JSONParser.Failure) {
                        items.append(try Item(&scanner))
                    } catch {
                        guard error.isUnsupported else { throw error }
                        unreadable += 1
                        scanner.at = start
                        scanner.jumpValue()
                    }
                }
            } else {
                head[scanner.text(key)] = try JSONParser.value(&scanner, depth: 1)
            }
        }
        try scanner.requireEnd()
        self.init(.object(head))
        // Items of a typed list carry no `apiVersion` and `kind` of their own: they get those of the list.
        let kind = head["kind"]?.string ?? ""
        let type: JSONObject = [
            "apiVersion": head["apiVersion"] ?? "",
            "kind": .string(kind.hasSuffix("List") ? String(kind.dropLast(4)) : kind),
        ]
        self.items = items.map { $0.object(scanner.bytes, of: type) }
        unreadableItems = unreadable
    }

    private struct Item {
        private var range = 0..<0
        private let isObject: Bool
        private var isEmpty = true
        private var hasKind = false
        private var hasVersion = false

        init(_ scanner: inout JSONScanner) throws(JSONParser.Failure) {
            scanner.skipSpace()
            let start = scanner.at
            isObject = scanner.peek == UInt8(ascii: "{")
            if isObject {
                try scanner.object { (scanner, key) throws(JSONParser.Failure) in
                    isEmpty = false
                    if scanner.matches(key, name: "kind") { hasKind = true }
                    if scanner.matches(key, name: "apiVersion") { hasVersion = true }
                    try scanner.skipValue(depth: 3)
                }
            } else {
                try scanner.skipValue(depth: 2)
            }
            range = start..<scanner.at
        }

        func object(_ bytes: UnsafeBufferPointer<UInt8>, of type: JSONObject) -> KubeObject {
            guard isObject else { return KubeObject((try? JSONParser.parse(bytes[range])) ?? .null) }
            guard !hasKind else { return KubeObject(packed: PackedJSON(checked: Array(bytes[range]))) }
            var missing = type
            if hasVersion { missing["apiVersion"] = nil }
            let head = JSONWriter.bytes(.object(missing))
            guard !isEmpty else { return KubeObject(packed: PackedJSON(checked: head)) }
            let members = bytes[range.dropFirst()]
            // Exactly as large as it has to be: thousands of these are kept.
            let complete = [UInt8](unsafeUninitializedCapacity: head.count + members.count) { target, count in
                count = target.update(fromContentsOf: head)
                target[count - 1] = UInt8(ascii: ",")
                count = target[count...].update(fromContentsOf: members)
            }
            return KubeObject(packed: PackedJSON(checked: complete))
        }
    }
}

extension WatchEvent {
    /// Reads an event as the API server sends it, without building a tree: its object is packed.
    /// - Returns: nil for a type that this client doesn't know.
    /// - Throws: as ``JSONParser/parse(_:)-(Sequence<UInt8>)``: all of the text is checked.
    public init?(parsing bytes: some Sequence<UInt8>) throws(JSONParser.Failure) {
        let event = try JSONParser.scan(bytes) { (scanner) throws(JSONParser.Failure) in
            scanner.skipSpace()
            guard scanner.peek == UInt8(ascii: "{") else {
                try scanner.skipValue(depth: 0)
                try scanner.requireEnd()
                return WatchEvent?.none
            }
            return try Self.event(&scanner)
        }
        guard let event else { return nil }
        self = event
    }

    private static func event(_ scanner: inout JSONScanner) throws(JSONParser.Failure) -> WatchEvent? {
        var type: JSONValue?
        var object = KubeObject(.null)
        try scanner.object { (scanner, key) throws(JSONParser.Failure) in
            scanner.skipSpace()
            let start = scanner.at
            if scanner.matches(key, name: "type") {
                type = try JSONParser.value(&scanner, depth: 1)
            } else if scanner.matches(key, name: "object"), scanner.peek == UInt8(ascii: "{") {
                try scanner.skipValue(depth: 1)
                object = KubeObject(packed: PackedJSON(checked: Array(scanner.bytes[start..<scanner.at])))
            } else {
                try scanner.skipValue(depth: 1)
            }
        }
        try scanner.requireEnd()
        return WatchEvent(type: type?.string, object)
    }
}
