export declare function schemaChecker(folder: URL): (object: unknown) => string[];
