/// Parses the text of a file into its templates: the file's own, and those that it defines.
struct TemplateParser {
    let source: TemplateSource
    let functions: [ByteString: TemplateFunction]
    var lexer: TemplateLexer
    /// Tokens that were read and given back; the last is the next one.
    var tokens: (TemplateToken?, TemplateToken?, TemplateToken?) = (nil, nil, nil)
    var pending = 0
    var actionLine = 0
    var variables: [ByteString] = ["$"]
    var numbers: [ByteString: Int] = ["$": 0]
    var rangeDepth = 0
    var nesting = 0
    var templates: [ByteString: ParsedTemplate] = [:]

    /// Parsing uses the stack for each level, so there is an end to them.
    static let maximumNesting = 1000

    init(name: ByteString, text: ByteString, functions: [ByteString: TemplateFunction]) {
        self.functions = functions
        source = TemplateSource(name: name, text: text)
        lexer = TemplateLexer(text)
    }

    /// The templates of a text, by name. An error has Go's text: `template: name:line: …`.
    static func parse(name: ByteString, text: ByteString, functions: [ByteString: TemplateFunction]) throws(HelmError)
        -> [ByteString: ParsedTemplate]
    {
        var parser = TemplateParser(name: name, text: text, functions: functions)
        try parser.parseFile()
        return parser.templates
    }

    mutating func parseFile() throws(HelmError) {
        var body: [Statement] = []
        while try peek().kind != .endOfFile {
            if try peek().kind == .leftDelimiter {
                let delimiter = next()
                if nextNonSpace().kind == .define {
                    try parseDefinition()
                    continue
                }
                pushBack(delimiter)
            }
            switch try textOrAction() {
            case .statement(let statement): body.append(statement)
            case .end: throw failure("unexpected {{end}}")
            case .otherwise: throw failure("unexpected {{else}}")
            }
        }
        try add(name: source.name, body: body)
    }

    mutating func parseDefinition() throws(HelmError) {
        let context: ByteString = "define clause"
        let token = nextNonSpace()
        let name = try templateName(token, context: context)
        try expect(.rightDelimiter, in: context)
        try add(name: name, body: try definedBody(in: context))
    }

    /// The body of a template with variables of its own, up to its `end`.
    mutating func definedBody(in context: ByteString) throws(HelmError) -> [Statement] {
        let outer = (variables, rangeDepth)
        (variables, rangeDepth) = (["$"], 0)
        let (body, end) = try itemList()
        guard end == .end else { throw failure("unexpected {{else}} in " + context) }
        (variables, rangeDepth) = outer
        return body
    }

    mutating func add(name: ByteString, body: [Statement]) throws(HelmError) {
        let template = ParsedTemplate(name: name, source: source, body: body)
        if let present = templates[name], !present.isBlank {
            if !template.isBlank {
                throw failure("template: multiple definition of template " + GoQuote.quoted(name))
            }
            return
        }
        templates[name] = template
    }

    // MARK: - Items

    enum Item {
        case statement(Statement)
        case end
        case otherwise
    }

    enum ListEnd {
        case end
        case otherwise
    }

    mutating func itemList() throws(HelmError) -> ([Statement], ListEnd) {
        var list: [Statement] = []
        while try peekNonSpace().kind != .endOfFile {
            switch try textOrAction() {
            case .statement(let statement): list.append(statement)
            case .end: return (list, .end)
            case .otherwise: return (list, .otherwise)
            }
        }
        throw failure("unexpected EOF")
    }

    mutating func textOrAction() throws(HelmError) -> Item {
        let token = nextNonSpace()
        switch token.kind {
        case .text: return .statement(.text(token.value.bytes))
        case .leftDelimiter:
            actionLine = token.line
            let item = try action()
            actionLine = 0
            return item
        default: throw unexpected(token, in: "input")
        }
    }

    mutating func action() throws(HelmError) -> Item {
        let token = nextNonSpace()
        switch token.kind {
        case .block: return .statement(try block())
        case .breakKeyword: return .statement(.exit(try loopExit(.breaking, "{{break}}")))
        case .continueKeyword: return .statement(.exit(try loopExit(.continuing, "{{continue}}")))
        case .elseKeyword: return try elseControl()
        case .end:
            try expect(.rightDelimiter, in: "end")
            return .end
        case .ifKeyword: return .statement(.conditional(try branch(.ifKeyword, "if"), setsDot: false))
        case .range: return .statement(.range(try branch(.range, "range")))
        case .template: return .statement(try templateCall())
        case .with: return .statement(.conditional(try branch(.with, "with"), setsDot: true))
        default:
            giveBack()
            return .statement(.action(try pipeline("command", until: .rightDelimiter)))
        }
    }

    mutating func loopExit(_ exit: LoopExit, _ text: ByteString) throws(HelmError) -> LoopExit {
        let token = nextNonSpace()
        guard token.kind == .rightDelimiter else { throw unexpected(token, in: text) }
        guard rangeDepth > 0 else { throw failure(text + " outside {{range}}") }
        return exit
    }

    mutating func elseControl() throws(HelmError) -> Item {
        let token = try peekNonSpace()
        if token.kind == .ifKeyword || token.kind == .with { return .otherwise }
        try expect(.rightDelimiter, in: "else")
        return .otherwise
    }

    mutating func branch(_ keyword: TemplateToken.Kind, _ context: ByteString) throws(HelmError) -> Branch {
        try enter()
        defer { nesting -= 1 }
        let outer = variables.count
        let pipe = try pipeline(context, until: .rightDelimiter)
        if keyword == .range { rangeDepth += 1 }
        let (body, end) = try itemList()
        if keyword == .range { rangeDepth -= 1 }
        var otherwise: [Statement]?
        if end == .otherwise {
            // "{{else if x}}" stands for "{{else}}{{if x}}" with one end for both.
            if keyword != .range, try peek().kind == keyword {
                _ = next()
                let inner = try branch(keyword, context)
                otherwise = [.conditional(inner, setsDot: keyword == .with)]
            } else {
                let (list, end) = try itemList()
                guard end == .end else { throw failure("expected end; found {{else}}") }
                otherwise = list
            }
        }
        variables.removeLast(variables.count - outer)
        return Branch(pipe: pipe, body: body, otherwise: otherwise)
    }

    mutating func block() throws(HelmError) -> Statement {
        let context: ByteString = "block clause"
        let token = nextNonSpace()
        let name = try templateName(token, context: context)
        let pipe = try pipeline(context, until: .rightDelimiter)
        try add(name: name, body: try definedBody(in: context))
        return .template(TemplateCall(position: token.position, name: name, pipe: pipe))
    }

    mutating func templateCall() throws(HelmError) -> Statement {
        let context: ByteString = "template clause"
        let token = nextNonSpace()
        let name = try templateName(token, context: context)
        var pipe: PipeNode?
        if nextNonSpace().kind != .rightDelimiter {
            giveBack()
            pipe = try pipeline(context, until: .rightDelimiter)
        }
        return .template(TemplateCall(position: token.position, name: name, pipe: pipe))
    }

    mutating func templateName(_ token: TemplateToken, context: ByteString) throws(HelmError) -> ByteString {
        guard token.kind == .string || token.kind == .rawString else { throw unexpected(token, in: context) }
        guard let name = GoQuote.unquoted(token.value) else { throw failure("invalid syntax") }
        return name
    }
}
