import KubeModel

/// Finds the answer to one request in the body of an HTTP answer that may be cut anywhere: a JSON object, or server-sent
/// events of which one is the answer. What else a server sends there (notifications, requests of its own) is read over.
package struct ReplyReader: Sendable {
    private let id: RPCID
    private var isEvents: Bool?
    private var bytes: [UInt8] = []
    /// Of the event that isn't over yet.
    private var data: [UInt8]?
    private var lastWasCarriageReturn = false
    /// The answer, with a result or an error; nil as long as none came.
    package private(set) var message: JSONValue?

    package init(id: RPCID) { self.id = id }

    /// - Parameter contentType: of the answer.
    /// - Returns: whether the answer is there, so that nothing more need be read.
    package mutating func read(_ part: some Sequence<UInt8>, contentType: String?) -> Bool {
        if isEvents == nil { isEvents = Self.isEventStream(contentType) }
        guard isEvents == true else {
            bytes += part
            return false
        }
        for byte in part {
            let completesCRLF = lastWasCarriageReturn && byte == UInt8(ascii: "\n")
            lastWasCarriageReturn = byte == UInt8(ascii: "\r")
            if completesCRLF { continue }
            guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else {
                bytes.append(byte)
                continue
            }
            endLine()
            if message != nil { return true }
        }
        return false
    }

    /// Ends the body.
    package mutating func finish() {
        guard message == nil else { return }
        guard isEvents == true else {
            take(bytes)
            return
        }
        if !bytes.isEmpty { endLine() }
        endEvent()
    }

    private static func isEventStream(_ contentType: String?) -> Bool {
        (contentType ?? "").prefix { $0 != ";" && $0 != " " }.lowercased() == "text/event-stream"
    }

    private mutating func endLine() {
        defer { bytes.removeAll(keepingCapacity: true) }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        guard !bytes.isEmpty else { return endEvent() }
        let colon = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
        guard bytes[..<colon].elementsEqual("data".utf8) else { return }
        var value = bytes[min(colon + 1, bytes.endIndex)...]
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        if data == nil { data = Array(value) } else { data?.append(contentsOf: [UInt8(ascii: "\n")] + value) }
    }

    private mutating func endEvent() {
        guard let data else { return }
        self.data = nil
        take(data)
    }

    /// An id that came back as a text is still that of the request; an error may have none where it couldn't be read.
    private mutating func take(_ bytes: [UInt8]) {
        guard let json = try? JSONParser.parse(bytes), let members = json.object, members["method"] == nil,
            !json.isDeeper(than: RPCMessage.maximumDepth)
        else { return }
        let isOwn = RPCID(json: members["id"]).map { $0.text == id.text } ?? false
        if isOwn, members.contains("result") || members.contains("error") {
            message = json
        } else if isEvents != true, members["error"]?.object != nil {
            message = json
        }
    }
}

extension RPCID {
    fileprivate var text: String {
        switch self {
        case .string(let text): text
        case .number(let number): String(number)
        }
    }
}
