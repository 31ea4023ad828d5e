/// The tags of YAML 1.1 that go-yaml knows.
enum YAMLTag {
    static let binary = "tag:yaml.org,2002:binary"
    static let bool = "tag:yaml.org,2002:bool"
    static let float = "tag:yaml.org,2002:float"
    static let int = "tag:yaml.org,2002:int"
    static let merge = "tag:yaml.org,2002:merge"
    static let null = "tag:yaml.org,2002:null"
    static let string = "tag:yaml.org,2002:str"
    static let timestamp = "tag:yaml.org,2002:timestamp"

    /// `!!int` for the tag of integers.
    static func short(_ tag: String) -> String {
        "!!" + tag.dropFirst("tag:yaml.org,2002:".utf8.count)
    }
}

extension PlainScalar {
    var tag: String {
        switch self {
        case .null: YAMLTag.null
        case .bool: YAMLTag.bool
        case .integer, .unsigned: YAMLTag.int
        case .float: YAMLTag.float
        case .timestamp: YAMLTag.timestamp
        case .string: YAMLTag.string
        }
    }
}

extension YAMLSource.Scalar {
    var isMerge: Bool { text.elementsEqual("<<".utf8) && (isImplicit || tag == YAMLTag.merge) }
}
