/// What a rendering may use, so that no chart can take the process down.
package struct TemplateLimits: Sendable {
    /// Nodes that are evaluated.
    package var steps = 200_000_000
    /// Bytes that are written, in all templates and includes together.
    package var outputBytes = 512 << 20
    /// Bytes that one function may make.
    package var valueBytes = 64 << 20

    package init() {}
}

/// One rendering: the state of templates that call each other.
///
/// It is single-threaded, and so are the values that it works on.
final class TemplateExecution {
    let engine: TemplateEngine
    /// The templates that are defined here: `tpl` adds its own for what it executes.
    var set: TemplateSet
    var limits: TemplateLimits
    private var steps = 0
    private var nextCheck = 0x10000
    private(set) var written = 0
    var includes: [ByteString: Int] = [:]

    // The state of the template that is executed.
    var template: ParsedTemplate
    unowned(unsafe) var node: TemplateNode?
    var variables: [(number: Int, value: Reflected)] = []
    private var output: [UInt8] = []
    private let stackLimit: UInt

    init(engine: TemplateEngine, set: TemplateSet, stackLimit: UInt) {
        self.engine = engine
        self.set = set
        self.stackLimit = stackLimit
        limits = engine.limits
        template = ParsedTemplate(name: "", source: TemplateSource(name: "", text: ""), body: [])
    }

    /// The text that a template makes of a value.
    func execute(_ template: ParsedTemplate, data: HelmValue) throws -> [UInt8] {
        let outer = output
        output = []
        defer { output = outer }
        try run(template, dot: Reflected(data))
        return output
    }

    /// The text of a file, without what stands for absent values.
    func render(_ file: RenderedFile) throws(HelmError) -> ByteString {
        guard let template = set[file.name] else { return "" }
        do {
            let output = try execute(template, data: .map(file.values))
            return GoText.replacing(TemplateEngine.noValue, in: ByteString(bytes: output), with: "")
        } catch let error as HelmError {
            throw error
        } catch {
            throw HelmError("rendering template failed: \(error)")
        }
    }

    func run(_ called: ParsedTemplate, dot: Reflected) throws {
        try checkStack()
        let (outerTemplate, outerVariables, outerNode) = (template, variables, node)
        defer { (template, variables, node) = (outerTemplate, outerVariables, outerNode) }
        template = called
        variables = [(0, dot)]
        _ = try walk(called.body, dot: dot)
    }

    // MARK: - Limits and errors

    @inline(__always)
    func at(_ node: TemplateNode) {
        self.node = node
    }

    func step() throws(HelmError) {
        steps &+= 1
        if steps > limits.steps { throw HelmError("the templates take more than \(limits.steps) steps") }
        if steps >= nextCheck {
            nextCheck = steps &+ 0x10000
            try engine.checkDeadline()
        }
    }

    /// Counts the work that a function did, by the length of the text that it made.
    func count(_ result: HelmValue) throws {
        guard case .string(let text) = result, text.count >= 1024 else { return }
        steps &+= text.count >> 6
        try step()
    }

    /// Counts the work of regular expressions, in their instructions.
    func charge(_ work: Int) throws(HelmError) {
        steps &+= work >> 1
        try step()
    }

    private func checkStack() throws {
        var here: UInt8 = 0
        let address = withUnsafeMutablePointer(to: &here) { UInt(bitPattern: $0) }
        if address < stackLimit { throw failure("exceeded maximum template depth (100000)") }
    }

    func write(_ bytes: [UInt8]) throws {
        written += bytes.count
        if written > limits.outputBytes {
            throw HelmError("the templates write more than \(limits.outputBytes) bytes")
        }
        output += bytes
    }

    func failure(_ message: ByteString) -> HelmError {
        HelmError(executionMessage: located(message))
    }

    func located(_ message: ByteString) -> ByteString {
        guard let node else { return "template: " + template.name + ": " + message }
        let location = template.source.location(of: node.position)
        return "template: " + location + ": executing " + GoQuote.quoted(template.name) + " at <" + node.text + ">: "
            + message
    }
}

extension TemplateExecution {
    /// The error of a function that was called at the current node.
    func failure(_ cause: HelmError, calling name: ByteString) -> HelmError {
        let message = located("error calling " + name + ": " + cause.message)
        return HelmError(message: message, wrapping: cause, isExecution: true)
    }
}
