/// Functions of JSON, base64 and base32.
enum EncodingFunctions {
    static func add(to table: inout FunctionTable) {
        addBases(to: &table)
        addJSON(to: &table)
    }

    private static func addBases(to table: inout FunctionTable) {
        table.add("b64enc", taking: .string) { .string(BaseCoding.base64.encoded($0.string(0).bytes)) }
        table.add("b64dec", taking: .string) { .string(BaseCoding.base64.decodedOrError($0.string(0))) }
        table.add("b32enc", taking: .string) { .string(BaseCoding.base32.encoded($0.string(0).bytes)) }
        table.add("b32dec", taking: .string) { .string(BaseCoding.base32.decodedOrError($0.string(0))) }
    }

    private static func addJSON(to table: inout FunctionTable) {
        table.add("toJson", taking: .any) { .string((try? GoJSONWriter.text(of: $0[0])) ?? "") }
        table.add("mustToJson", taking: .any) { .string(try GoJSONWriter.text(of: $0[0])) }
        table.add("toPrettyJson", taking: .any) { .string((try? GoJSONWriter.pretty($0[0])) ?? "") }
        table.add("mustToPrettyJson", taking: .any) { .string(try GoJSONWriter.pretty($0[0])) }
        table.add("toRawJson", taking: .any) { .string(try GoJSONWriter.text(of: $0[0], escapesHTML: false)) }
        table.alias("mustToRawJson", of: "toRawJson")
        table.add("fromJson", taking: .string) {
            do throws(HelmError) {
                return .map(try GoJSONReader.map($0.string(0)))
            } catch {
                return .map(["Error": .string(error.message)])
            }
        }
        table.add("fromJsonArray", taking: .string) {
            do throws(HelmError) {
                return .list(try GoJSONReader.list($0.string(0)))
            } catch {
                return .list([.string(error.message)])
            }
        }
        table.add("mustFromJson", taking: .string, returnsInterface: true) { try GoJSONReader.value($0.string(0)) }
    }
}
