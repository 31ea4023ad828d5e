extension HelmValue {
    /// Whether `if` takes it for true: anything but the zero value of its type and what has no elements.
    package var isTrue: Bool {
        switch self {
        case .null: false
        case .bool(let bool): bool
        case .int(let int): int != 0
        case .int64(let int): int != 0
        case .float64(let float): float != 0
        case .string(let string): !string.isEmpty
        case .bytes(let bytes): !bytes.isEmpty
        case .list(let list): !list.elements.isEmpty
        case .map(let map): !map.isEmpty
        case .object(let object): object.isTrue
        }
    }

    /// The number, if it is of an integer type.
    var integer: Int64? {
        switch self {
        case .int(let int): Int64(int)
        case .int64(let int): int
        case .object(let object): (object as? IntegerObject)?.value
        default: nil
        }
    }

    /// Another number of the same integer type.
    func sameType(_ integer: Int64) -> HelmValue {
        switch self {
        case .int: .int(Int(integer))
        case .object(let object): (object as? IntegerObject).map { .object($0.with(value: integer)) } ?? .int64(integer)
        default: .int64(integer)
        }
    }

    /// A method of its type.
    func method(_ name: ByteString) -> TemplateFunction? {
        switch self {
        case .map(let map):
            switch map.type {
            case .any, .strings: nil
            case .values: ValuesMethods.method(name, of: map)
            case .files: FilesMethods.method(name, of: map)
            }
        case .list(let list): list.type == .version ? VersionSetMethods.method(name, of: list) : nil
        case .object(let object): object.method(name)
        default: nil
        }
    }

    /// `reflect.DeepEqual`: the same type and the same content.
    package func isDeepEqual(to other: HelmValue) -> Bool {
        isDeepEqual(to: other, depth: 0)
    }

    fileprivate func isDeepEqual(to other: HelmValue, depth: Int) -> Bool {
        guard depth <= Self.maximumDepth else { return false }
        return switch (self, other) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.int64(let left), .int64(let right)): left == right
        case (.float64(let left), .float64(let right)): left == right
        case (.string(let left), .string(let right)): left == right
        case (.bytes(let left), .bytes(let right)): left == right
        case (.list(let left), .list(let right)): left.isDeepEqual(to: right, depth: depth + 1)
        case (.map(let left), .map(let right)): left.isDeepEqual(to: right, depth: depth + 1)
        case (.object(let left), .object(let right)): left.typeName == right.typeName && left.isEqual(to: right)
        default: false
        }
    }
}

extension HelmList {
    fileprivate func isDeepEqual(to other: HelmList, depth: Int) -> Bool {
        guard type == other.type, isNil == other.isNil, elements.count == other.elements.count else { return false }
        return self === other || zip(elements, other.elements).allSatisfy { $0.isDeepEqual(to: $1, depth: depth) }
    }
}

extension HelmMap {
    fileprivate func isDeepEqual(to other: HelmMap, depth: Int) -> Bool {
        guard type == other.type, isNil == other.isNil, count == other.count else { return false }
        return isSame(as: other)
            || dictionary.allSatisfy { key, value in other[key].map { value.isDeepEqual(to: $0, depth: depth) } ?? false
            }
    }

    /// What a field that is absent evaluates to: the zero value of the map's elements.
    var missing: Reflected {
        switch type {
        case .any, .values: Reflected(.null, isInterface: true)
        case .strings: Reflected(.string(""))
        case .files: Reflected(.bytes([]))
        }
    }
}
