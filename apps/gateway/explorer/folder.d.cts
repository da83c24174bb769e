/** Where the files of the explorer's page lie. */
export declare const folder: string;
