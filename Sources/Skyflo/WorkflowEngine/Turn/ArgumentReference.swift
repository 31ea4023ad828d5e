import KubeModel
import SkyfloAPI

/// Where a call has an argument from that its model took from the result of an earlier call of the same reply.
package struct ArgumentReference: Sendable, Hashable {
    /// `name`, `values.image.tag`
    package var argument: String
    /// The id of the call whose result it is from.
    package var call: String
    package var tool: String
    /// Where in the result: `items[0].metadata.name`; empty for all of it.
    package var path: String
    /// What stands in the argument's place.
    package var value: String

    package init(argument: String, call: String, tool: String, path: String, value: String) {
        self.argument = argument
        self.call = call
        self.tool = tool
        self.path = path
        self.value = value
    }

    /// For people: `name = web-1 (from the result of c1, k8s_get: items[0].metadata.name)`
    package var text: String {
        let place = path.isEmpty ? "" : ": \(path)"
        return "\(argument) = \(value) (from the result of \(call), \(tool)\(place))".bounded(to: Self.textLimit)
    }

    static let textLimit = 512
}

/// An argument that stands for a part of an earlier result: `{{result1.items[0].metadata.name}}`, as the whole of its text.
///
/// The number is that of the call in its reply, from 1. A path goes by members and positions into a result that is JSON or
/// YAML; without one the whole result is meant, which has to be one line. What a path leads to has to be a text, a number or a
/// boolean. Nothing is guessed: what can't be found is an error that the model is told.
struct ResultPlaceholder: Sendable, Hashable {
    enum Step: Sendable, Hashable {
        case member(String)
        case position(Int)
    }

    /// From 1.
    var call: Int
    var steps: [Step]
    /// As it was written.
    var path: String

    private static let opening = "{{result"

    /// Whether a text has one somewhere; cheap.
    static func mayBe(in arguments: String) -> Bool { arguments.contains("{{") && arguments.contains("result") }

    /// nil for a text that isn't one.
    init?(_ text: String) {
        let compact = text.filter { $0 != " " }
        guard compact.hasPrefix(Self.opening), compact.hasSuffix("}}"), compact.utf8.count <= 512 else { return nil }
        let inner = compact.dropFirst(Self.opening.count).dropLast(2)
        let digits = inner.prefix { $0.isASCII && $0.isNumber }
        guard let call = Int(digits), let steps = Self.steps(inner.dropFirst(digits.count)) else { return nil }
        self.call = call
        self.steps = steps
        path = String(inner.dropFirst(digits.count).drop { $0 == "." })
    }

    /// `.items[0].metadata["a.b/c"]`
    private static func steps(_ path: Substring) -> [Step]? {
        var rest = path
        var steps: [Step] = []
        while let first = rest.first {
            rest = rest.dropFirst()
            if first == "." {
                let name = rest.prefix { !".[]{}\"'".contains($0) }
                guard !name.isEmpty else { return nil }
                steps.append(.member(String(name)))
                rest = rest.dropFirst(name.count)
            } else if first == "[", let end = rest.firstIndex(of: "]") {
                let inner = rest[..<end]
                if let position = Int(inner), position >= 0 {
                    steps.append(.position(position))
                } else if let quote = inner.first, quote == "\"" || quote == "'", inner.count > 2, inner.last == quote {
                    steps.append(.member(String(inner.dropFirst().dropLast())))
                } else {
                    return nil
                }
                rest = rest[rest.index(after: end)...]
            } else {
                return nil
            }
        }
        return steps
    }

    /// What it stands for.
    func value(in result: String) throws(Unresolved) -> JSONValue {
        guard !steps.isEmpty else {
            let text = result.drop(while: \.isWhitespace)
            let line = text.prefix { !$0.isNewline }
            guard text.dropFirst(line.count).allSatisfy(\.isWhitespace), !line.isEmpty else {
                throw Unresolved("the result isn't one line; name a part of it, from a result in JSON")
            }
            return try Self.scalar(.string(String(line)))
        }
        guard var value = (try? JSONParser.parse(result)) ?? (try? YAML.parse(result)), value.isContainer else {
            throw Unresolved("the result is neither JSON nor YAML; ask for it in JSON")
        }
        for step in steps {
            let next: JSONValue? =
                switch step {
                case .member(let name): value[name]
                case .position(let index): value.array.flatMap { $0.indices.contains(index) ? $0[index] : nil }
                }
            guard let next else { throw Unresolved("the result has no \(path)") }
            value = next
        }
        return try Self.scalar(value)
    }

    private static func scalar(_ value: JSONValue) throws(Unresolved) -> JSONValue {
        guard !value.isContainer, !value.isNull else {
            throw Unresolved("what is there isn't a text, a number or a boolean")
        }
        guard JSONWriter.bytes(value).count <= 1024 else { throw Unresolved("what is there has more than 1024 bytes") }
        return value
    }

    struct Unresolved: Error {
        var why: String

        init(_ why: String) { self.why = why }
    }
}

extension JSONValue {
    fileprivate var isContainer: Bool { array != nil || object != nil }
}

// MARK: - Of a turn

extension WorkflowStateMachine {
    /// What has to be done about the arguments of a call before it can be carried out.
    enum ArgumentState: Sendable, Hashable {
        /// Nothing.
        case ready
        /// A result that they refer to isn't there yet.
        case blocked
        case resolvable(arguments: String, [ArgumentReference])
        /// They can't be had. For the model.
        case unresolvable(String)
    }

    /// The arguments of a call with what they refer to, to be taken in as ``TurnEvent/argumentsResolved(id:arguments:references:)``.
    package func resolvedArguments(of id: String) -> (arguments: String, references: [ArgumentReference])? {
        guard let call = call(id), case .resolvable(let arguments, let references) = argumentState(of: call) else {
            return nil
        }
        return (arguments, references)
    }

    func argumentState(of call: Call) -> ArgumentState {
        guard call.state == .proposed, call.references.isEmpty, ResultPlaceholder.mayBe(in: call.arguments),
            let json = try? JSONParser.parse(call.arguments)
        else { return .ready }
        var resolution = Resolution(machine: self, call: call)
        do {
            let resolved = try resolution.resolve(json, at: "")
            if resolution.isBlocked { return .blocked }
            guard !resolution.references.isEmpty else { return .ready }
            return .resolvable(arguments: JSONWriter.string(resolved), resolution.references)
        } catch {
            return .unresolvable(error.why)
        }
    }

    private struct Resolution {
        static let most = 16

        let machine: WorkflowStateMachine
        let call: Call
        var references: [ArgumentReference] = []
        var isBlocked = false

        mutating func resolve(_ value: JSONValue, at argument: String) throws(ResultPlaceholder.Unresolved) -> JSONValue
        {
            switch value {
            case .object(let members):
                var resolved = JSONObject()
                for (name, member) in members {
                    resolved[name] = try resolve(member, at: argument.isEmpty ? name : "\(argument).\(name)")
                }
                return .object(resolved)
            case .array(let elements):
                var resolved: [JSONValue] = []
                for (index, element) in elements.enumerated() {
                    resolved.append(try resolve(element, at: "\(argument)[\(index)]"))
                }
                return .array(resolved)
            case .string(let text):
                guard let placeholder = ResultPlaceholder(text) else { return value }
                return try self.value(of: placeholder, at: argument)
            default: return value
            }
        }

        private mutating func value(
            of placeholder: ResultPlaceholder, at argument: String
        ) throws(ResultPlaceholder.Unresolved) -> JSONValue {
            func refuse(_ why: String) -> ResultPlaceholder.Unresolved {
                .init("not executed: \(argument) refers to the result of call \(placeholder.call) of the reply: \(why)")
            }
            guard placeholder.call < call.place else { throw refuse("only a call before this one can be meant") }
            // A stale call is followed by the one that took its place.
            guard let source = machine.calls.last(where: { $0.place == placeholder.call }) else {
                throw refuse("there is none")
            }
            guard source.state.isFinal else {
                isBlocked = true
                return .null
            }
            guard source.state == .succeeded, let result = source.result else {
                throw refuse("it did not succeed (\(source.id): \(source.state.rawValue))")
            }
            guard references.count < Self.most else { throw refuse("more than \(Self.most) are referred to") }
            let value: JSONValue
            do {
                value = try placeholder.value(in: result)
            } catch {
                throw refuse(error.why)
            }
            references.append(
                ArgumentReference(
                    argument: argument, call: source.id, tool: source.tool, path: placeholder.path,
                    value: value.string ?? JSONWriter.string(value)))
            return value
        }
    }
}
