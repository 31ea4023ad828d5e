/// The identifiers that stand for types.
enum CELTypeNames {
    static let all: Set<String> = [
        "bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type",
    ]
}
