/// Sprig's functions of paths and URLs.
enum PathFunctions {
    static func add(to table: inout FunctionTable) {
        table.add("base", taking: .string) { .string(GoPath.base($0.string(0))) }
        table.add("dir", taking: .string) { .string(GoPath.directory($0.string(0))) }
        table.add("clean", taking: .string) { .string(GoPath.clean($0.string(0))) }
        table.add("ext", taking: .string) { .string(GoPath.fileExtension($0.string(0))) }
        table.add("isAbs", taking: .string) { .bool($0.string(0).bytes.first == UInt8(ascii: "/")) }
        for (name, other) in [
            ("osBase", "base"), ("osDir", "dir"), ("osClean", "clean"), ("osExt", "ext"), ("osIsAbs", "isAbs"),
        ] { table.alias(ByteString(name), of: ByteString(other)) }
        table.add("urlParse", taking: .string) { arguments in
            do throws(HelmError) {
                return .map(try GoURL(arguments.string(0)).members)
            } catch {
                throw HelmError(message: "unable to parse url: " + error.message)
            }
        }
        table.add("urlJoin", taking: .map) { .string(try GoURL(members: $0.map(0)).text) }
        table.add("getHostByName", taking: .string) { _ in .string("") }
    }
}
