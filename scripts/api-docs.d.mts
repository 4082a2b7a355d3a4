/** @param openApi the document that the service has at `/openapi.json` */
export declare function withReference(page: string, openApi: object): string;
