// MARK: - Tokens and errors

extension TemplateParser {
    mutating func next() -> TemplateToken {
        if pending > 0 {
            pending -= 1
        } else {
            tokens.0 = lexer.next()
        }
        return token(at: pending)
    }

    mutating func giveBack() {
        pending += 1
    }

    /// Gives back the token that was read last and the one before it.
    mutating func pushBack(_ token: TemplateToken) {
        tokens.1 = token
        pending = 2
    }

    /// The same with a space between them.
    mutating func pushBack(_ token: TemplateToken, space: TemplateToken) {
        tokens.1 = space
        tokens.2 = token
        pending = 3
    }

    mutating func peek() throws(HelmError) -> TemplateToken {
        if pending > 0 { return token(at: pending - 1) }
        pending = 1
        tokens.0 = lexer.next()
        return token(at: 0)
    }

    mutating func nextNonSpace() -> TemplateToken {
        while true {
            let token = next()
            if token.kind != .space { return token }
        }
    }

    mutating func peekNonSpace() throws(HelmError) -> TemplateToken {
        let token = nextNonSpace()
        giveBack()
        return token
    }

    func token(at index: Int) -> TemplateToken {
        let token = index == 0 ? tokens.0 : index == 1 ? tokens.1 : tokens.2
        return token ?? TemplateToken(kind: .endOfFile, position: 0, value: "EOF", line: 0)
    }

    mutating func expect(_ kind: TemplateToken.Kind, in context: ByteString) throws(HelmError) {
        let token = nextNonSpace()
        guard token.kind == kind else { throw unexpected(token, in: context) }
    }

    func failure(_ message: ByteString) -> HelmError {
        let line = tokens.0?.line ?? 0
        return HelmError(message: "template: " + source.name + ByteString(":\(line): ") + message)
    }

    func unexpected(_ token: TemplateToken, in context: ByteString) -> HelmError {
        guard token.kind == .error else { return failure("unexpected " + token.described + " in " + context) }
        guard actionLine != 0, actionLine != token.line else { return failure(token.value) }
        let isAction = token.value.bytes.suffix(7).elementsEqual(" action".utf8)
        return failure(
            token.value + (isAction ? " started at " : " in action started at ") + source.name
                + ByteString(":\(actionLine)"))
    }
}
