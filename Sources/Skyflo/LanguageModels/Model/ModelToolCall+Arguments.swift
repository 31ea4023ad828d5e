import KubeModel

extension ModelToolCall {
    /// The arguments for providers that take an object instead of its text. What is no object is sent inside of one: the
    /// whole conversation would be refused, for good.
    var argumentsObject: JSONValue {
        guard let parsed = try? JSONParser.parse(arguments), parsed.object != nil else {
            return ["unparsable": .string(arguments)]
        }
        return parsed
    }

    /// The same as text: what was an object stays as the model wrote it.
    var argumentsText: String {
        let parsed = try? JSONParser.parse(arguments)
        return parsed?.object == nil ? JSONWriter.string(argumentsObject) : arguments
    }
}
