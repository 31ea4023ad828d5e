/// The type of a parameter of a function, as far as templates' functions have them.
enum GoType {
    /// `interface {}`
    case any
    /// `reflect.Value`, which a value is given as with the type of the place it comes from.
    case reflected
    case string
    case bool
    case int
    case int64
    case float64
    /// `map[string]interface {}`
    case map
    /// `[]interface {}`
    case list
    /// `uint32`
    case uint32
    /// `[]string`
    case strings
    /// `time.Time`
    case time
    /// `time.Duration`
    case duration
    /// `*semver.Version`
    case version
    /// `sprig.certificate`
    case certificate

    var name: ByteString {
        switch self {
        case .any: "interface {}"
        case .reflected: "reflect.Value"
        case .string: "string"
        case .bool: "bool"
        case .int: "int"
        case .int64: "int64"
        case .float64: "float64"
        case .map: "map[string]interface {}"
        case .list: "[]interface {}"
        case .uint32: "uint32"
        case .strings: "[]string"
        case .time: "time.Time"
        case .duration: "time.Duration"
        case .version: "*semver.Version"
        case .certificate: "sprig.certificate"
        }
    }

    /// What `nil` is as a value of the type, where it may be one.
    var nilValue: HelmValue? {
        switch self {
        case .any, .reflected, .version: .null
        case .map: .map(HelmMap(isNil: true))
        case .list: .list(HelmList([], isNil: true))
        case .strings: .list(HelmList([], type: .string, isNil: true))
        default: nil
        }
    }

    func accepts(_ value: HelmValue) -> Bool {
        switch (self, value) {
        case (.any, _), (.reflected, _), (.string, .string), (.bool, .bool), (.int, .int), (.int64, .int64),
            (.float64, .float64):
            true
        case (.map, .map(let map)): map.type == .any || map.type == .values
        case (.list, .list(let list)): list.type == .any
        case (.uint32, .object(let object)): object.kind == .uint32
        case (.strings, .list(let list)): list.type == .string || list.type == .version
        case (.time, .object(let object)): object is TimeObject
        case (.duration, .object(let object)): object is DurationObject
        case (.version, .object(let object)): object is VersionObject
        case (.certificate, .object(let object)): object is CertificateObject
        default: false
        }
    }
}

/// A value with what `reflect` knows of its place: an element of a `map[string]interface {}` has the type `interface {}`,
/// so a missing one is a nil of that type, where the result of a pipeline has none.
struct Reflected {
    var value: HelmValue
    var isInterface: Bool

    init(_ value: HelmValue, isInterface: Bool = false) {
        self.value = value
        self.isInterface = isInterface
    }

    /// What an absent value is: `reflect.Value{}`.
    static var invalid: Reflected { Reflected(.null) }

    var isInvalid: Bool { !isInterface && value.isNull }

    var typeName: ByteString { isInterface ? "interface {}" : ByteString(value.typeName) }
}

/// A function of templates.
struct TemplateFunction {
    typealias Plain = (TemplateExecution, FunctionArguments) throws -> HelmValue
    typealias Special = (TemplateExecution, [Reflected]) throws -> Reflected

    enum Body {
        case plain(Plain)
        case reflected(Special)
        /// `call`, whose errors name its first operand.
        case named((ByteString, [Reflected]) throws -> Reflected)
        /// `and` and `or`, which evaluate no more arguments than they need.
        case shortCircuit(stopsAt: Bool)
    }

    let parameters: [GoType]
    /// The type of further arguments.
    let variadic: GoType?
    /// Whether the result has the type `interface {}`.
    let returnsInterface: Bool
    let body: Body

    init(_ parameters: [GoType], variadic: GoType? = nil, returnsInterface: Bool = false, body: Body) {
        self.parameters = parameters
        self.variadic = variadic
        self.returnsInterface = returnsInterface
        self.body = body
    }

    func type(at index: Int) -> GoType {
        index < parameters.count ? parameters[index] : variadic ?? .any
    }
}

/// The arguments of a call, which have been checked against the parameters.
struct FunctionArguments {
    let values: [HelmValue]

    var count: Int { values.count }

    subscript(index: Int) -> HelmValue { values[index] }

    func string(_ index: Int) -> ByteString {
        if case .string(let text) = values[index] { text } else { "" }
    }

    func int(_ index: Int) -> Int {
        if case .int(let int) = values[index] { int } else { 0 }
    }

    func float(_ index: Int) -> Double {
        if case .float64(let float) = values[index] { float } else { 0 }
    }

    func bool(_ index: Int) -> Bool {
        if case .bool(let bool) = values[index] { bool } else { false }
    }

    func map(_ index: Int) -> HelmMap {
        if case .map(let map) = values[index] { map } else { HelmMap() }
    }

    func time(_ index: Int) -> GoTime {
        if case .object(let object) = values[index], let time = object as? TimeObject { time.time } else { .zero }
    }

    func duration(_ index: Int) -> Int64 {
        switch values[index] {
        case .object(let object): (object as? DurationObject)?.nanoseconds ?? 0
        case .int64(let int): int
        default: 0
        }
    }

    func rest(from index: Int) -> ArraySlice<HelmValue> {
        values[min(index, values.count)...]
    }
}
