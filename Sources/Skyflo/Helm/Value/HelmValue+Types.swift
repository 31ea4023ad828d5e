extension HelmValue {
    /// The kind that `kindOf` prints.
    package var kind: HelmKind {
        switch self {
        case .null: .invalid
        case .bool: .bool
        case .int: .int
        case .int64: .int64
        case .float64: .float64
        case .string: .string
        case .bytes, .list: .slice
        case .map: .map
        case .object(let object): object.kind
        }
    }

    /// The type that `%T` and `typeOf` print.
    package var typeName: String {
        switch self {
        case .null: "<nil>"
        case .bool: "bool"
        case .int: "int"
        case .int64: "int64"
        case .float64: "float64"
        case .string: "string"
        case .bytes: "[]uint8"
        case .list(let list): list.typeName
        case .map(let map): map.typeName
        case .object(let object): object.typeName
        }
    }
}

extension HelmList {
    package var typeName: String { type == .version ? "common.VersionSet" : "[]" + type.typeName }
}

extension HelmList.Element {
    package var typeName: String {
        switch self {
        case .any: "interface {}"
        case .string, .version: "string"
        case .int: "int"
        case .list: "[]interface {}"
        case .strings: "[]string"
        case .map: "map[string]interface {}"
        case .named(let name): name
        }
    }
}

extension HelmMap {
    package var typeName: String {
        switch type {
        case .any: "map[string]interface {}"
        case .values: "common.Values"
        case .strings: "map[string]string"
        case .files: "engine.files"
        }
    }
}
