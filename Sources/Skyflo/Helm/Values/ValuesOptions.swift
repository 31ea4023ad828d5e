/// The values of a command line: files and arguments, merged in Helm's order whatever their order there.
package struct ValuesOptions: Sendable {
    package var files: [String] = []
    package var json: [String] = []
    package var typed: [String] = []
    package var strings: [String] = []
    package var contents: [String] = []
    package var literals: [String] = []

    package init() {}

    /// - Parameter read: gives the content of a file; its errors are passed on.
    package func merged(read: (String) throws(HelmError) -> [UInt8]) throws(HelmError) -> HelmMap {
        var values = HelmMap()
        for path in files {
            let text = ByteString(bytes: try read(path))
            do throws(HelmError) {
                values = ValuesReader.merged(values, try ValuesReader.read(text))
            } catch {
                throw HelmError(message: ByteString("failed to parse \(path): ") + error.message)
            }
        }
        for argument in json { values = try mergedJSON(argument, into: values) }
        try parse(typed, form: .typed, flag: "--set", into: values)
        try parse(strings, form: .string, flag: "--set-string", into: values)
        for argument in contents { try parseContent(argument, into: values, read: read) }
        try parse(literals, form: .literal, flag: "--set-literal", into: values)
        return values
    }

    private func mergedJSON(_ argument: String, into values: HelmMap) throws(HelmError) -> HelmMap {
        let text = GoText.trimmingSpaces(ByteString(argument))
        if text.bytes.first == UInt8(ascii: "{") {
            guard let map = try? GoJSONReader.map(text) else {
                throw HelmError("failed parsing --set-json data JSON: \(argument)")
            }
            return ValuesReader.merged(values, map)
        }
        do throws(HelmError) {
            try SetParser.parse(ByteString(argument), form: .json, into: values)
        } catch {
            throw HelmError("failed parsing --set-json data \(argument)")
        }
        return values
    }

    private func parse(
        _ arguments: [String], form: SetParser.Form, flag: String, into values: HelmMap
    ) throws(HelmError) {
        for argument in arguments {
            do throws(HelmError) {
                try SetParser.parse(ByteString(argument), form: form, into: values)
            } catch {
                throw HelmError(message: ByteString("failed parsing \(flag) data: ") + error.message)
            }
        }
    }

    /// The form keeps its function, so the contents are read before it has one.
    private func parseContent(
        _ argument: String, into values: HelmMap, read: (String) throws(HelmError) -> [UInt8]
    ) throws(HelmError) {
        let paths = HelmMap()
        do throws(HelmError) {
            try SetParser.parse(ByteString(argument), form: .string, into: paths)
            var contents: [ByteString: ByteString] = [:]
            for path in Self.texts(in: .map(paths)) where contents[path] == nil {
                contents[path] = ByteString(bytes: try read(path.text))
            }
            let known = contents
            try SetParser.parse(ByteString(argument), form: .file { known[$0] ?? "" }, into: values)
        } catch {
            throw HelmError(message: "failed parsing --set-file data: " + error.message)
        }
    }

    private static func texts(in value: HelmValue) -> [ByteString] {
        switch value {
        case .string(let text): [text]
        case .list(let list): list.elements.flatMap(texts)
        case .map(let map): map.keys.flatMap { texts(in: map[$0] ?? .null) }
        default: []
        }
    }
}
