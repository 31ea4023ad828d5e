/// The schema that schemas of a draft have to meet.
struct Metaschema {
    let schema: JSONSchema
    private let address: String

    init(draft: Int) {
        let text: String
        switch draft {
        case 4: (text, address) = (MetaschemaText.draft4, "http://json-schema.org/draft-04/schema")
        case 6: (text, address) = (MetaschemaText.draft6, "http://json-schema.org/draft-06/schema")
        case 7: (text, address) = (MetaschemaText.draft7, "http://json-schema.org/draft-07/schema")
        case 2019: (text, address) = (MetaschemaText.draft2019, "https://json-schema.org/draft/2019-09/schema")
        default: (text, address) = (MetaschemaText.draft2020, "https://json-schema.org/draft/2020-12/schema")
        }
        schema = JSONSchema(known: (try? GoJSONReader.value(ByteString(text))) ?? .bool(false), draft: draft)
    }

    /// The draft whose schema has that address.
    static func draft(of address: String) -> Int? {
        [4, 6, 7, 2019, 2020].first { draft in
            let known = Metaschema(draft: draft).address
            return address == known || address == known.replacing("http://", with: "https://")
                || address == known.replacing("https://", with: "http://")
        }
    }

    /// - Throws: what is wrong with a schema, as Helm says it.
    func check(_ value: HelmValue, location: String, fragment: String = "") throws(HelmError) {
        let failures = schema.failures(of: value)
        if failures.isEmpty { return }
        let lines = GoText.joined(failures.map { $0.text(indent: 1) }, by: "\n")
        throw HelmError(
            message: ByteString(
                "\"\(location)#\(fragment)\" is not valid against metaschema: jsonschema validation failed with '\(address)#'\n"
            )
                + lines)
    }
}
