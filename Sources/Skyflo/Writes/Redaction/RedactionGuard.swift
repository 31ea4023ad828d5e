import KubeModel

/// Refuses calls that hide more than a credential may be. Who approves sees a token in its place, and a command behind it
/// would run unseen.
package struct RedactionGuard {
    private let redactor: Redactor

    package init(redactor: Redactor) { self.redactor = redactor }

    package func check(_ proposal: WriteProposal) throws(ToolFailure) {
        for write in proposal.writes {
            switch write.action {
            case .request(let planned):
                if let body = planned.submitted?.json { try check(body, isShell: false) }
            case .command(let command): try check(["command": JSONValue(command.command)], isShell: false)
            // Nothing that the model wrote.
            case .podStep, .release: break
            case .jenkins(let request):
                for field in request.form { try check(["value": .string(field.value)], isShell: false) }
            case .mcp(let call): try check(call.arguments, isShell: false)
            }
        }
    }

    private func check(_ value: JSONValue, isShell: Bool, depth: Int = 0) throws(ToolFailure) {
        switch value {
        case .object(let members):
            // A patch by position says with its path what its value is.
            let path = members["op"] == nil ? nil : members["path"]?.string
            let isPatched = (path ?? "").split(separator: "/").contains { Self.isShell($0) }
            for (key, value) in members {
                try check(value, isShell: isShell || isPatched || Self.isShell(key), depth: depth)
            }
        case .array(let elements):
            for element in elements { try check(element, isShell: isShell, depth: depth) }
            guard isShell else { return }
            for (element, shown) in zip(elements, redactor.redact(json: value).array ?? []) where element != shown {
                guard let text = element.string, let end = Self.hiddenEnd(of: text, shown: shown.string ?? "") else {
                    continue
                }
                try check(hidden: end, isShell: true)
            }
        case .string(let text):
            for hidden in redactor.hiddenParts(of: text) {
                try check(hidden: hidden, isShell: isShell || text.hasPrefix("#!"))
            }
            try check(document: text, isShell: isShell, depth: depth)
        default: break
        }
    }

    /// What a file of settings hides, which is looked at by its structure as well.
    private func check(document text: String, isShell: Bool, depth: Int) throws(ToolFailure) {
        guard depth < 2, text.utf8.contains(0x0A) || text.utf8.first == 0x7B, let documents = try? YAML.parseAll(text)
        else { return }
        for document in documents where document.object != nil || document.array != nil {
            try check(document, isShell: isShell, depth: depth + 1)
        }
    }

    /// The word, or the end of it, that a token stands for: `-ppassword`.
    private static func hiddenEnd(of text: String, shown: String) -> String? {
        guard let token = shown.firstRange(of: Redactor.opening) else { return nil }
        let head = shown[..<token.lowerBound]
        return Redactor.isToken(String(shown[token.lowerBound...])) && text.hasPrefix(head)
            ? String(text.dropFirst(head.count)) : nil
    }

    private static func isShell(_ key: some StringProtocol) -> Bool {
        ["command", "args", "script", "source", "entrypoint"].contains(String(key)) || key.hasSuffix(".sh")
    }

    private func check(hidden text: String, isShell: Bool) throws(ToolFailure) {
        if isShell, text.contains("$(") || text.contains("${") || text.unicodeScalars.contains(where: Self.isOperator) {
            throw ToolFailure(
                "refused: what looks like a credential in a command contains shell syntax ($(, ${, `, ;, |, &, <, > or a "
                    + "line feed), which nobody could see and approve. Put credentials into a Secret and refer to it by an "
                    + "environment variable")
        }
        guard text.hasPrefix("-----BEGIN ") || text.utf8.contains(0x0A) else { return }
        guard Self.isPlainKey(text.utf8.first == 0x0A ? String(text.dropFirst()) : text) else {
            throw ToolFailure(
                "refused: what looks like a private key or a password over several lines isn't one, or doesn't end, and "
                    + "nobody could see and approve what it is. Put credentials into a Secret and refer to it")
        }
    }

    private static func isOperator(_ scalar: Unicode.Scalar) -> Bool { "`;|&<>\n\r".unicodeScalars.contains(scalar) }

    /// Lines of one word each, and what PEM has around them (RFC 7468, RFC 1421).
    private static func isPlainKey(_ text: String) -> Bool {
        if text.hasPrefix("-----BEGIN "), !text.contains("-----END ") { return false }
        let lines = text.replacing("\\n", with: "\n").replacing("\\r", with: "").split(whereSeparator: \.isNewline)
        return lines.allSatisfy { line in
            let words = line.split(separator: " ")
            guard let first = words.first, words.count > 1 else { return true }
            if ["-----BEGIN", "-----END"].contains(String(first)) {
                return words.dropFirst().allSatisfy { word in
                    let isEnd = word == words.last
                    let name = isEnd && word.hasSuffix("-----") ? word.dropLast(5) : word
                    return name.allSatisfy { $0.isASCII && $0.isUppercase }
                }
            }
            return words.count == 2 && ["Proc-Type:", "DEK-Info:"].contains(String(first))
                && words[1].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "," || $0 == "-") }
        }
    }
}

extension Redactor {
    /// What ``redact(text:)`` replaces in a text.
    func hiddenParts(of text: String) -> [String] {
        var redaction = TextRedaction(self, text: text)
        _ = redaction.run()
        return redaction.hidden.map { String(decoding: $0, as: UTF8.self) }
    }
}
