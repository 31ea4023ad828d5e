/// A part of a parsed template. Errors name the place and the text of the node at which they came up.
class TemplateNode {
    /// The offset in bytes in the text of the file.
    let position: Int

    init(position: Int) {
        self.position = position
    }

    /// The node as its text, with spaces as Go prints them.
    var text: ByteString { "" }
}

/// What may be an operand of a command.
class OperandNode: TemplateNode {
    /// The subclass, which is quicker to switch over.
    enum Kind {
        case dot, null, bool, string, number, field, variable, chain, function, pipe
    }

    let kind: Kind

    init(_ kind: Kind, position: Int) {
        self.kind = kind
        super.init(position: position)
    }

    /// Whether also a later command of a pipeline may begin with it.
    var isExecutable: Bool {
        switch kind {
        case .dot, .null, .bool, .string, .number: false
        default: true
        }
    }
}

final class DotNode: OperandNode {
    init(position: Int) {
        super.init(.dot, position: position)
    }

    override var text: ByteString { "." }
}

final class NilNode: OperandNode {
    init(position: Int) {
        super.init(.null, position: position)
    }

    override var text: ByteString { "nil" }
}

final class BoolNode: OperandNode {
    let value: Bool

    init(position: Int, value: Bool) {
        self.value = value
        super.init(.bool, position: position)
    }

    override var text: ByteString { value ? "true" : "false" }
}

final class StringNode: OperandNode {
    let literal: ByteString
    let value: ByteString

    init(position: Int, literal: ByteString, value: ByteString) {
        self.literal = literal
        self.value = value
        super.init(.string, position: position)
    }

    override var text: ByteString { literal }
}

final class NumberNode: OperandNode {
    let number: NumberConstant

    init(position: Int, number: NumberConstant) {
        self.number = number
        super.init(.number, position: position)
    }

    override var text: ByteString { number.text }
}

/// `.a.b`
final class FieldNode: OperandNode {
    let names: [ByteString]

    init(position: Int, names: [ByteString]) {
        self.names = names
        super.init(.field, position: position)
    }

    override var text: ByteString {
        names.reduce("") { $0 + "." + $1 }
    }
}

/// `$x.a.b`
final class VariableNode: OperandNode {
    let name: ByteString
    /// The number of the name in its file.
    let variable: Int
    let fields: [ByteString]

    init(position: Int, name: ByteString, variable: Int, fields: [ByteString] = []) {
        self.name = name
        self.variable = variable
        self.fields = fields
        super.init(.variable, position: position)
    }

    override var text: ByteString {
        fields.reduce(name) { $0 + "." + $1 }
    }
}

/// `(f x).a.b`
final class ChainNode: OperandNode {
    let base: OperandNode
    let fields: [ByteString]

    init(position: Int, base: OperandNode, fields: [ByteString]) {
        self.base = base
        self.fields = fields
        super.init(.chain, position: position)
    }

    override var text: ByteString {
        let start = base is PipeNode ? "(" + base.text + ")" : base.text
        return fields.reduce(start) { $0 + "." + $1 }
    }
}

/// The name of a function.
final class FunctionNode: OperandNode {
    let name: ByteString
    let function: TemplateFunction

    init(position: Int, name: ByteString, function: TemplateFunction) {
        self.name = name
        self.function = function
        super.init(.function, position: position)
    }

    override var text: ByteString { name }
}

final class CommandNode: TemplateNode {
    let operands: [OperandNode]

    init(position: Int, operands: [OperandNode]) {
        self.operands = operands
        super.init(position: position)
    }

    override var text: ByteString {
        GoText.joined(operands.map { $0 is PipeNode ? "(" + $0.text + ")" : $0.text }, by: " ")
    }
}

final class PipeNode: OperandNode {
    let declared: [VariableNode]
    let assigns: Bool
    let commands: [CommandNode]

    init(position: Int, declared: [VariableNode], assigns: Bool, commands: [CommandNode]) {
        self.declared = declared
        self.assigns = assigns
        self.commands = commands
        super.init(.pipe, position: position)
    }

    override var text: ByteString {
        let pipeline = GoText.joined(commands.map(\.text), by: " | ")
        guard !declared.isEmpty else { return pipeline }
        return GoText.joined(declared.map(\.text), by: ", ") + (assigns ? " = " : " := ") + pipeline
    }
}

/// What a template consists of.
enum Statement {
    case text([UInt8])
    case action(PipeNode)
    case conditional(Branch, setsDot: Bool)
    case range(Branch)
    case template(TemplateCall)
    case exit(LoopExit)

    /// Whether it is nothing but white space.
    var isBlank: Bool {
        if case .text(let bytes) = self { bytes.allSatisfy { GoText.isSpace(UInt32($0)) } } else { false }
    }
}

enum LoopExit {
    case breaking
    case continuing
}

/// An `if`, `with` or `range`.
final class Branch {
    let pipe: PipeNode
    let body: [Statement]
    let otherwise: [Statement]?

    init(pipe: PipeNode, body: [Statement], otherwise: [Statement]?) {
        self.pipe = pipe
        self.body = body
        self.otherwise = otherwise
    }
}

/// `{{template "name" pipeline}}`
final class TemplateCall: TemplateNode {
    let name: ByteString
    let pipe: PipeNode?

    init(position: Int, name: ByteString, pipe: PipeNode?) {
        self.name = name
        self.pipe = pipe
        super.init(position: position)
    }

    override var text: ByteString {
        let start = "{{template " + GoQuote.quoted(name)
        return (pipe.map { start + " " + $0.text } ?? start) + "}}"
    }
}

/// A text that templates were parsed from.
final class TemplateSource {
    let name: ByteString
    let text: ByteString

    init(name: ByteString, text: ByteString) {
        self.name = name
        self.text = text
    }

    /// `file:line:column`, the column in bytes from 0.
    func location(of position: Int) -> ByteString {
        let before = text.bytes[..<position]
        let lines = before.count { $0 == UInt8(ascii: "\n") }
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return name + ByteString(":\(lines + 1):\(position - start)")
    }
}

/// A template that may be executed, by its name.
final class ParsedTemplate {
    let name: ByteString
    let source: TemplateSource
    let body: [Statement]

    init(name: ByteString, source: TemplateSource, body: [Statement]) {
        self.name = name
        self.source = source
        self.body = body
    }

    var isBlank: Bool { body.allSatisfy(\.isBlank) }
}
