import KubeModel
import Writes

/// What a tool takes that somebody else has described: a JSON Schema of an object, and the check that goes with it.
package struct ForeignSchema: Sendable {
    /// For the model, as it is.
    package let json: JSONValue
    private let problems: @Sendable (String) -> [String]

    /// - Parameter problems: a line for each place of the arguments, which are JSON, that isn't as the schema wants it.
    package init(_ json: JSONValue, problems: @escaping @Sendable (String) -> [String]) {
        self.json = json
        self.problems = problems
    }

    /// Reads the text that a model sent as arguments. Nothing is guessed and nothing is changed.
    func check(_ text: String) throws(ToolFailure) -> ToolArguments {
        let members: JSONObject
        do {
            guard let object = try JSONParser.parse(text.isEmpty ? "{}" : text).object else {
                throw ToolFailure("the arguments must be a JSON object")
            }
            members = object
        } catch let failure as ToolFailure {
            throw failure
        } catch {
            throw ToolFailure("the arguments are not valid JSON: \(error)")
        }
        let found = problems(JSONWriter.string(.object(members)))
        guard found.isEmpty else {
            throw ToolFailure("invalid arguments:\n" + found.prefix(16).joined(separator: "\n"))
        }
        return ToolArguments(members)
    }
}
